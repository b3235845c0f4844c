// The admin console as an administrator uses it after the steps, and who else may not.
import assert from "node:assert/strict";
import { control, newUser, scim } from "./calls.mjs";
import { TAB, at, button, logIn } from "./console.mjs";
import { browse, foreignSite, picture, start } from "./harness.mjs";

const FRESH = ["--fresh"];

// What the page shows and the journal has must be one line, but for the token, which is neither's to tell.
const withoutToken = (line) => line.trim().replace(/Bearer [^'"]*/, "Bearer");

browse("every click is the call that the page shows, in the journal", { flags: ["--users", "2"] }, async ({ page, ready }) => {
  const { Resources: [user] } = await control(ready, "GET", "users");
  const { items: [configuration] } = await control(ready, "GET", "configurations");
  await logIn(page, ready);
  const requests = `${ready.controlUrl}/tenants/${ready.tenant}/requests`;
  const last = async () => (await (await fetch(requests)).json()).items.at(-1);
  // Clicks a button of a page; the call that was made.
  const click = async (what, below) => {
    const { seq } = await last();
    await page.goto(at(ready, below));
    await Promise.all([page.waitForEvent("load"), button(page, what).click()]);
    const made = await last();
    assert.deepEqual([made.seq, made.from], [seq + 1, "console"], `${what} is one call`);
    return made;
  };
  // The same of a button whose page shows the call.
  const clickShown = async (what, below) => {
    await page.goto(at(ready, below));
    const shown = (await page.locator("details.call pre").allTextContents()).map(withoutToken);
    const made = await click(what, below);
    const line = withoutToken(await (await fetch(`${requests}/${made.seq}?as=curl`)).text());
    assert.ok(shown.includes(line), `${what}: ${line} is none of ${shown.join(" | ")}`);
    return made;
  };
  const made = [
    await clickShown("Verify", "admin/integration"),
    await clickShown("Save configuration", "admin/integration"),
    await clickShown("OK", "admin/integration"),
    await clickShown("Copy SCIM link", TAB),
    await click("Save", `${TAB}/configurations/${configuration.id}`),
    await click("Delete", `${TAB}/configurations/${configuration.id}`),
    await click("Apply configurations again", "admin/users"),
    await click("Apply configurations again", `admin/users/${user.id}`),
    await clickShown("Save", "admin/login-options/Medius.Security"),
    await click("OK", `${TAB}/secret-key/new`),
  ];

  assert.deepEqual(made.map((it) => `${it.method} ${it.target.split("/admin/v1/")[1]}`), [
    "GET connection", "PUT integration", "PUT provisioning", "GET scim-link",
    `PUT configurations/${configuration.id}`, `DELETE configurations/${configuration.id}`,
    "POST users/reapply", `POST users/${user.id}/reapply`, "PUT login-options/Medius.Security",
    "POST secret-key",
  ]);
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

browse("a change while a page is on its way is shown, too", { flags: ["--users", "3"] }, async ({ page, ready }) => {
  const made = await scim(ready, "POST", "/Users", newUser("owen@nordlys.example", { displayName: "Owen Davies" }));
  const set = (path, value) => scim(ready, "PATCH", `/Users/${made.json.id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path, value }],
  });
  const row = page.getByRole("row").filter({ hasText: "owen@nordlys.example" });
  await logIn(page, ready);

  // After the page was made, and before it hears of changes.
  await page.route("**/admin/changes", async (route) => {
    await set("active", false);
    await route.continue();
  }, { times: 1 });
  await page.goto(at(ready, "admin/users"));
  await row.getByText("disabled, active is false").waitFor();

  // After it was made again, and before it is shown.
  await page.route("**/admin/users", async (route) => {
    const response = await route.fetch();
    await set("displayName", "Owen Evans");
    await route.fulfill({ response });
  }, { times: 1 });
  await set("active", true);
  await row.getByText("Owen Evans").waitFor();
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

browse("two servers on one host have two sessions", { flags: [] }, async ({ page, ready, lets }) => {
  const other = await start();
  lets(other.ready.url);
  try {
    await logIn(page, ready);
    await logIn(page, other.ready);
    for (const it of [ready, other.ready]) {
      await page.goto(at(it, "admin/users"));
      await page.getByRole("heading", { name: "Users" }).waitFor();
    }
  } finally {
    other.stop();
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
  const { items } = await control(ready, "GET", "requests?q=op:admin");
  assert.deepEqual(items.map((it) => `${it.method} ${it.target} ${it.status}`), [
    "POST /admin/v1/authenticate 200", `POST /${ready.tenant}/admin/integration 403`,
  ]);
  visit.faults.length = 0;
  await page.goto(action);
  await button(page, "Verify").waitFor();
  assert.equal(await page.getByText("Verified: ").count(), 0, "nothing was done");
});
