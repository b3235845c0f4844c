// The admin console as an administrator uses it, by the words of the tutorial.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { browse, foreignSite, picture, start } from "./harness.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const GUID = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";
const TAB = "admin/user-provisioning-configuration";
const FRESH = ["--fresh"];
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

const button = (page, name) => page.getByRole("button", { name, exact: true });
const at = (ready, below) => `${ready.url}/${ready.tenant}/${below}`;
const keyField = (page) => page.getByRole("textbox", { name: "Secret key" });
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

async function logIn(page, ready) {
  await page.goto(`${ready.url}/admin/`);
  await page.getByLabel("MediusFlow tenant name").fill(ready.tenant);
  await button(page, "Authenticate").click();
  await page.waitForURL(/\/admin\/[a-z-]+/);
}

// Steps 1 to 5.
async function integrate(page, ready) {
  await logIn(page, ready);
  await button(page, "Verify").click();
  await page.getByText(`Verified: ${ready.tenant}`).waitFor();
  await page.getByLabel("Microsoft Entra tenant ID", { exact: true }).fill(GUID);
  await button(page, "Save configuration").click();
  await page.getByText(`Saved: ${GUID}`).waitFor();
  await page.getByLabel("Use user provisioning").check();
  await button(page, "OK").click();
  await page.waitForURL(/user-provisioning-configuration/);
}

async function scim(ready, method, path, body, key = ready.secretKey) {
  const answer = await fetch(`${ready.scimUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/scim+json" },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, json: answer.status === 204 ? null : await answer.json() };
}

const control = async (ready, method, path, body) => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${ready.controlUrl}/tenants/${ready.tenant}/${path}`, {
    method, headers, body: body && JSON.stringify(body),
  });
  return answer.status === 204 ? null : answer.json();
};

const newUser = (userName, more) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:medius:2.0:User"],
  userName, ...more,
});

browse("the eleven steps by clicking the tutorial's words", { flags: FRESH, ...CLIPBOARD }, async ({ page, ready }) => {
  await page.goto(`${ready.url}/admin/`);
  await picture(page, "console-01-authenticate");
  await integrate(page, ready);
  await picture(page, "console-06-provisioning");

  await page.getByRole("link", { name: "Generate Secret Key", exact: true }).click();
  await picture(page, "console-07-notification");
  await button(page, "OK").click();
  await button(page, "Copy").click();
  const key = await clipboard(page);
  assert.match(key, /^mfk_mock_nordlysqa_/);
  assert.equal(key, await keyField(page).inputValue());
  await picture(page, "console-07-key");

  await page.getByRole("link", { name: "Add new configuration", exact: true }).click();
  await page.getByLabel("Nordlys Energi AB").check();
  await picture(page, "console-09-window");
  await button(page, "Save").click();
  await page.waitForURL(/configuration#configurations$/);

  await button(page, "Copy SCIM link").click();
  await page.getByText("It was copied.").waitFor();
  const link = await clipboard(page);
  assert.equal(link, ready.scimUrl);
  await page.getByText("All eleven steps are done").waitFor();
  await picture(page, "console-11-link");

  const made = await fetch(`${link}/Users`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/scim+json" },
    body: JSON.stringify(newUser("ada@nordlys.example")),
  });
  assert.equal(made.status, 201);
  const told = (await control(ready, "GET", "requests")).items.filter((it) => it.from === "console");
  assert.deepEqual(told.map((it) => `${it.method} ${it.target.split("/admin/v1/")[1]}`), [
    "POST authenticate", "GET connection", "PUT integration", "PUT provisioning", "POST secret-key",
    "POST configurations", "GET scim-link",
  ]);
});

browse("the eleven steps without JavaScript", { flags: FRESH, javaScriptEnabled: false }, async ({ page, ready }) => {
  await integrate(page, ready);
  await page.getByRole("link", { name: "Generate Secret Key", exact: true }).click();
  await button(page, "OK").click();
  const key = await keyField(page).inputValue();
  assert.equal(await button(page, "Copy").count(), 0);
  await page.getByRole("link", { name: "Add new configuration", exact: true }).click();
  await page.getByLabel("Nordlys Energi AB").check();
  await button(page, "Save").click();
  await button(page, "Copy SCIM link").click();
  await page.getByText("All eleven steps are done").waitFor();

  const made = await scim(ready, "POST", "/Users", newUser("ada@nordlys.example"), key);
  assert.equal(made.status, 201);
});

// Goes on by the tabulator until something of this name has the focus, which must be seen.
async function tabTo(page, name) {
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const [label, outline, border] = await page.evaluate(() => {
      const it = document.activeElement;
      const style = getComputedStyle(it);
      const label = it.labels?.[0]?.textContent ?? it.textContent;
      return [label.trim(), style.outlineStyle, style.outlineWidth];
    });
    if (label === name) {
      assert.equal(`${outline} ${border}`, "solid 2px", `the focus on ${name} is seen`);
      return;
    }
  }
  assert.fail(`${name} is not reached`);
}

// Waits until what is called so has the focus.
const focusOn = (page, name) =>
  page.waitForFunction((name) => document.activeElement.textContent === name, name);

browse("the steps work by keyboard alone", { flags: FRESH }, async ({ page, ready }) => {
  await page.goto(`${ready.url}/admin/`);
  // A browser gives the focus after the page is loaded.
  await page.waitForFunction(() => document.activeElement.matches("input"));
  await page.keyboard.type(ready.tenant);
  await page.keyboard.press("Enter");
  await page.waitForURL(/integration/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "To the content");
  await tabTo(page, "Verify");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#entra-tenant-id$/);
  await tabTo(page, "Microsoft Entra tenant ID");
  await page.keyboard.type(GUID);
  await tabTo(page, "Save configuration");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#use$/);
  await tabTo(page, "Use user provisioning");
  await page.keyboard.press("Space");
  await tabTo(page, "OK");
  await page.keyboard.press("Enter");
  await page.waitForURL(/user-provisioning-configuration$/);
  await tabTo(page, "Generate Secret Key");
  await page.keyboard.press("Enter");
  await page.waitForURL(/secret-key\/new$/);
  await focusOn(page, "OK");
  await page.keyboard.press("Escape");
  await page.waitForURL(/user-provisioning-configuration$/);
  await tabTo(page, "Generate Secret Key");
  await page.keyboard.press("Enter");
  await page.waitForURL(/secret-key\/new$/);
  await focusOn(page, "OK");
  await page.keyboard.press("Enter");
  await page.getByText("Shown this once.").waitFor();
});

browse("a wrong GUID is told at its field", { flags: FRESH }, async ({ page, ready, expects }) => {
  await logIn(page, ready);
  await button(page, "Verify").click();
  const field = page.getByLabel("Microsoft Entra tenant ID", { exact: true });
  await field.fill("nordlys.onmicrosoft.com");
  expects(`POST /${ready.tenant}/admin/integration 400`);
  await button(page, "Save configuration").click();

  await page.getByText("A Microsoft Entra tenant ID is a GUID").waitFor();
  assert.equal(await field.inputValue(), "nordlys.onmicrosoft.com");
  await field.and(page.locator(":focus")).waitFor();
  await picture(page, "console-04-wrong-guid");
});

browse("steps out of order lead to the open one", { flags: FRESH }, async ({ page, ready }) => {
  await logIn(page, ready);
  for (const below of [TAB, `${TAB}/secret-key/new`, `${TAB}/configurations/new`, "admin/"]) {
    await page.goto(at(ready, below));
    assert.equal(page.url(), at(ready, "admin/integration"), below);
  }
});

browse("a key is made by OK alone, shown once, and not by a reload", { flags: [] }, async ({ page, ready, expects }) => {
  await logIn(page, ready);
  const masked = async () => (await control(ready, "GET", "")).secretKey;
  const old = await masked();
  await page.goto(at(ready, TAB));
  await page.getByRole("link", { name: "Generate Secret Key", exact: true }).click();
  await page.getByText(`The key ending in ${old.slice(-4)} stops working at once`).waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.waitForURL(at(ready, TAB));
  assert.equal(await masked(), old);

  await page.getByRole("link", { name: "Generate Secret Key", exact: true }).click();
  await button(page, "OK").click();
  const key = await keyField(page).inputValue();
  assert.equal(await masked(), key);
  expects(`POST /${ready.tenant}/${TAB}/secret-key/new 409`);
  await page.reload();
  await page.getByText("The key was changed meanwhile, nothing was generated.").waitFor();
  assert.equal(await keyField(page).count(), 0);
  assert.equal(await masked(), key);
});

browse("an old notification in another tab makes no key", { flags: [] }, async ({ page, ready, expects }) => {
  await logIn(page, ready);
  const other = await page.context().newPage();
  await other.goto(at(ready, `${TAB}/secret-key/new`));
  await page.goto(at(ready, `${TAB}/secret-key/new`));
  await button(page, "OK").click();
  const key = await keyField(page).inputValue();

  expects(`POST /${ready.tenant}/${TAB}/secret-key/new 409`);
  await button(other, "OK").click();
  await other.getByText("The key was changed meanwhile, nothing was generated.").waitFor();
  assert.equal((await control(ready, "GET", "")).secretKey, key);
});

browse("a window that is refused stays open with what was typed", { flags: [] }, async ({ page, ready, expects }) => {
  await logIn(page, ready);
  await page.goto(at(ready, `${TAB}/configurations/new`));
  await page.getByLabel("Name", { exact: true }).fill("Second default");
  await page.getByLabel("Nordlys Energi AB").check();
  expects(`POST /${ready.tenant}/${TAB}/configurations/new 400`);
  await button(page, "Save").click();

  const filter = page.getByLabel("Filter", { exact: true });
  assert.equal(await filter.getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Second default");
  assert.ok(await page.getByLabel("Nordlys Energi AB").isChecked());
  await picture(page, "console-09-refused");
  await filter.fill("second");
  await button(page, "Save").click();
  await page.getByRole("link", { name: "Edit Second default" }).waitFor();
});

browse("the users say why, and a search finds them", { flags: ["--users", "5"] }, async ({ page, ready }) => {
  const urn = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
  const boss = await scim(ready, "POST", "/Users", newUser("boss@nordlys.example", { displayName: "Christian Schröder" }));
  await scim(ready, "POST", "/Users", newUser("tove@nordlys.example", {
    displayName: "Tove Svensson",
    [urn]: { configurationFilter: "FI-AP" },
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { manager: { value: boss.json.id } },
  }));
  await scim(ready, "POST", "/Users", newUser("owen@nordlys.example", { displayName: "Owen Davies", active: false }));
  await logIn(page, ready);
  await page.goto(at(ready, "admin/users"));

  const tove = page.getByRole("row").filter({ hasText: "Tove Svensson" });
  await tove.getByText('no match for "FI-AP": the default (empty filter) applied').waitFor();
  await tove.getByText("Christian Schröder").waitFor();
  await page.getByRole("link", { name: "Disabled 1" }).click();
  await page.getByRole("row").filter({ hasText: "Owen Davies" }).getByText("disabled, active is false").waitFor();
  assert.equal(await page.getByRole("row").count(), 2);
  await page.getByRole("link", { name: /^All/ }).click();
  await page.getByLabel("Find users").fill("tove");
  await page.keyboard.press("Enter");
  await page.getByText("1–1 of 1").waitFor();
  await page.getByRole("link", { name: "Tove Svensson" }).click();
  await page.getByRole("heading", { name: "Tove Svensson" }).waitFor();
  await page.getByRole("link", { name: /^Exchange \d+$/ }).first().waitFor();
  await picture(page, "console-user");
});

browse("what SCIM changes shows at once, and what is typed stays", { flags: ["--users", "3"] }, async ({ page, ready }) => {
  const made = await scim(ready, "POST", "/Users", newUser("owen@nordlys.example", { displayName: "Owen Davies" }));
  await logIn(page, ready);
  await page.goto(at(ready, "admin/users"));
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByLabel("Find users").fill("being typed");

  const patch = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", path: "active", value: false }] };
  assert.equal((await scim(ready, "PATCH", `/Users/${made.json.id}`, patch)).status, 200);

  const row = page.getByRole("row").filter({ hasText: "Owen Davies" });
  await row.getByText("disabled, active is false").waitFor();
  assert.equal(await page.getByLabel("Find users").inputValue(), "being typed");
});

browse("a reset logs everybody out", { flags: [] }, async ({ page, ready }) => {
  await logIn(page, ready);
  await control(ready, "POST", "reset");
  await page.goto(at(ready, "admin/users"));
  await page.getByText("Your session has ended").waitFor();
  await page.getByLabel("MediusFlow tenant name").waitFor();
  await button(page, "Authenticate").click();
  await page.waitForURL(at(ready, "admin/users"));
});

for (const [action, words, status] of [
  [{ status: 503, detail: "the console rests" }, "The console rests.", 503],
  [{ connection: "reset" }, "The call got no whole answer: the connection ended.", 502],
]) {
  browse(`a fault of the call shows as a notice, ${status}`, { flags: [] }, async ({ page, ready, expects }) => {
    await control(ready, "POST", "faults", { match: { operation: "admin.secret-key" }, action });
    await logIn(page, ready);
    await page.goto(at(ready, `${TAB}/secret-key/new`));
    expects(`POST /${ready.tenant}/${TAB}/secret-key/new ${status}`);
    await button(page, "OK").click();
    await page.getByRole("alert").getByText(words).waitFor();
  });
}

browse("two servers on one host have two sessions", { flags: [] }, async ({ page, ready, faults }) => {
  const other = await start();
  try {
    await logIn(page, ready);
    await logIn(page, other.ready);
    for (const it of [ready, other.ready]) {
      await page.goto(at(it, "admin/users"));
      await page.getByRole("heading", { name: "Users" }).waitFor();
    }
  } finally {
    other.stop();
    faults.length = 0;
  }
});

browse("a foreign page neither posts to the console nor shows it", { flags: FRESH }, async (visit) => {
  const { page, ready } = visit;
  await logIn(page, ready);
  const action = at(ready, "admin/integration");
  const site = await foreignSite(`<form method="post" action="${action}"><button name="do" value="verify">Win</button></form>
    <iframe src="${action}"></iframe>`);
  await page.goto(`http://127.0.0.1:${site.port}/`);
  await page.waitForLoadState("load");
  const shown = await page.frames()[1].evaluate(() => document.body?.innerText ?? "").catch(() => "");
  assert.doesNotMatch(shown, /Verify the connection/);
  const [answer] = await Promise.all([
    page.waitForResponse((it) => it.url() === action && it.request().method() === "POST"),
    page.getByText("Win").click(),
  ]);
  site.close();

  assert.equal(answer.status(), 403);
  const setup = await control(ready, "GET", "");
  assert.equal((await control(ready, "GET", "requests?q=op:admin")).items.at(-1).target, "/admin/v1/authenticate", `${setup}`);
  visit.faults.length = 0;
});

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
