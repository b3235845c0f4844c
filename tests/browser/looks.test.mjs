// How the pages look: each one fits, and has no barriers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { TAB, at, button, logIn } from "./console.mjs";
import { browse, picture } from "./harness.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Every page, in both schemes and at both widths: it fits, and axe-core finds nothing.
for (const colorScheme of ["light", "dark"]) {
  for (const [width, height] of [[1280, 800], [390, 844]]) {
    const options = { flags: ["--users", "60", "--groups", "3"], colorScheme, viewport: { width, height } };
    browse(`every page fits ${width} px and is accessible, ${colorScheme}`, options, async ({ page, ready, expects }) => {
      const name = (what) => `console-${what}-${width}x${height}-${colorScheme}`;
      const look = async (what, path) => {
        if (path) await page.goto(path.startsWith("http") ? path : at(ready, path));
        await picture(page, name(what));
        await page.evaluate(AXE);
        const found = await page.evaluate(async () => {
          const { violations } = await axe.run(document, { resultTypes: ["violations"] });
          return violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`);
        });
        assert.deepEqual(found, [], what);
      };
      await look("tenants", `${ready.url}/`);
      await look("authenticate", `${ready.url}/admin/`);
      expects("GET /Nobody/admin/ 404");
      await look("unknown", `${ready.url}/Nobody/admin/`);
      await logIn(page, ready);
      await look("integration", "admin/integration");
      await look("provisioning", TAB);
      await look("notification", `${TAB}/secret-key/new`);
      await button(page, "OK").click();
      await page.getByText("Shown this once.").waitFor();
      await look("key");
      await look("window", `${TAB}/configurations/new`);
      await look("users", "admin/users");
      await page.getByRole("rowheader").getByRole("link").first().click();
      await page.getByRole("heading", { name: "History" }).waitFor();
      await look("user");
      await look("groups", "admin/groups");
      await page.getByRole("rowheader").getByRole("link").first().click();
      await page.getByRole("heading", { name: /^Members/ }).waitFor();
      await look("group");
      await look("login-options", "admin/login-options");
      await look("sign-ins", "admin/sign-ins");
      await look("login-option", "admin/login-options/Microsoft%20Entra%20ID");
    });
  }
}
