// How the pages look, in both schemes and at both widths: each one fits, and axe-core finds nothing.
import { MEDIUS_USER, control } from "./calls.mjs";
import { TAB, at, button, logIn } from "./console.mjs";
import { browse, inspect } from "./harness.mjs";
import * as login from "./login.mjs";
import { makeJob, portal, runCycle } from "./portal.mjs";

// A test of pages in each scheme and at each width; it gets what opens a page and inspects it.
function inspects(pages, options, body) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [[1280, 800], [390, 844]]) {
      const how = { ...options, colorScheme, viewport: { width, height } };
      browse(`${pages} fit ${width} px and are accessible, ${colorScheme}`, how, async (visit) => {
        const look = async (what, path) => {
          if (path !== undefined) await visit.page.goto(path.startsWith("http") ? path : at(visit.ready, path));
          await inspect(visit.page, `${what}-${width}x${height}-${colorScheme}`);
        };
        await body({ ...visit, look });
      });
    }
  }
}

const COMPANY = { flags: ["--users", "60", "--groups", "3"] };

inspects("the pages of the console", COMPANY, async ({ page, ready, expects, look }) => {
  await look("console-tenants", `${ready.url}/`);
  await look("console-authenticate", `${ready.url}/admin/`);
  expects("GET /Nobody/admin/ 404");
  await look("console-unknown", `${ready.url}/Nobody/admin/`);
  await logIn(page, ready);
  await look("console-integration", "admin/integration");
  await look("console-provisioning", TAB);
  await look("console-notification", `${TAB}/secret-key/new`);
  await button(page, "OK").click();
  await page.getByText("Shown this once.").waitFor();
  await look("console-key");
  await look("console-window", `${TAB}/configurations/new`);
  await look("console-users", "admin/users");
  await page.getByRole("rowheader").getByRole("link").first().click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  await look("console-user");
  await look("console-groups", "admin/groups");
  await page.getByRole("rowheader").getByRole("link").first().click();
  await page.getByRole("heading", { name: /^Members/ }).waitFor();
  await look("console-group");
  await look("console-login-options", "admin/login-options");
  await look("console-login-option", "admin/login-options/Microsoft%20Entra%20ID");
  await look("console-sign-ins", "admin/sign-ins");
});

inspects("the pages of a login", COMPANY, async ({ page, ready, expects, look }) => {
  const user = await login.provision(ready, "ada@looks.example");
  await login.provision(ready, "off@looks.example", { active: false });
  await login.provision(ready, "elsewhere@looks.example", {
    [MEDIUS_USER]: { identityProvider: "Medius.Security" },
  });
  await look("login-chooser", "");
  await look("login-local", "LocalAccount/");
  await look("login-picker", login.BEGIN.replace("/NordlysQA/", ""));
  await page.getByLabel("Find an account").fill("@looks.example");
  await page.keyboard.press("Enter");
  await page.getByText("Disabled", { exact: true }).waitFor();
  await look("login-picker-trouble");
  await page.getByRole("link", { name: "Use another account" }).click();
  await page.getByLabel("User name").waitFor();
  await look("login-another");
  expects(`GET /${ready.tenant}/signin-oidc 403`);
  await login.logIn(page, ready, "off@looks.example");
  await login.refused(page, "disabled");
  await look("login-refused");
  await page.getByRole("link", { name: "Use another account" }).click();
  await page.getByLabel("Find an account").fill(user.userName);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /ada@/ }).click();
  await page.getByRole("heading", { name: user.displayName }).waitFor();
  await look("login-start");
  await page.getByRole("link", { name: "What Entra said" }).click();
  await page.getByText("preferred_username").waitFor();
  await look("login-claims");
  await page.goBack();
});

inspects("the provisioning pages of mock Entra", { flags: [] }, async ({ page, ready, expects, look }) => {
  await look("portal-manual", portal(ready));
  await page.getByLabel("Provisioning Mode").selectOption("Automatic");
  await page.getByLabel("Tenant URL").fill(ready.scimUrl);
  await page.getByLabel("Secret Token").fill("wrong");
  expects(`POST ${new URL(portal(ready)).pathname} 422`);
  await button(page, "Test Connection").click();
  await page.getByRole("alert").waitFor();
  await look("portal-wrong-token");
  await look("portal-no-job", portal(ready, "/monitor"));

  await makeJob(ready, 30, { notificationEmail: "provisioning@contoso.com" });
  await look("portal-provisioning", portal(ready));
  await runCycle(page, ready, "initial cycle completed");
  await look("portal-mappings", portal(ready, "/mappings/users"));
  await look("portal-group-mappings", portal(ready, "/mappings/groups"));
  await look("portal-directory", portal(ready, "/users-and-groups"));
  await page.getByRole("rowheader").getByRole("link").first().click();
  await button(page, "Provision").click();
  await page.getByRole("heading", { name: /^Result: / }).waitFor();
  await look("portal-on-demand");
  await look("portal-logs", portal(ready, "/logs"));
  await page.getByRole("rowheader").getByRole("link").first().click();
  await page.getByRole("heading", { name: "Modified properties" }).waitFor();
  await look("portal-log-line");
  await control(ready, "POST", "faults", { match: { operation: "user.*" }, action: { expiredKey: true } });
  await runCycle(page, ready, "in quarantine");
  await page.getByText("The job is in quarantine").waitFor();
  await look("portal-quarantine");
});
