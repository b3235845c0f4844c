// The eleven steps of the tutorial in the admin console, by its own words.
import assert from "node:assert/strict";
import { control, newUser, scim } from "./calls.mjs";
import { GUID, TAB, at, button, clipboard, integrate, keyField, logIn } from "./console.mjs";
import { browse, picture } from "./harness.mjs";

const FRESH = ["--fresh"];
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

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
  await page.getByText("Step 11 is done.").waitFor();
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

browse("the eleven steps by keyboard alone", { flags: FRESH }, async ({ page, ready }) => {
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
  await tabTo(page, "Add new configuration");
  await page.keyboard.press("Enter");
  await page.waitForURL(/configurations\/new$/);
  await tabTo(page, "Nordlys Energi AB");
  await page.keyboard.press("Space");
  await tabTo(page, "Save");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#configurations$/);
  await tabTo(page, "Copy SCIM link");
  await page.keyboard.press("Enter");
  await page.getByText("All eleven steps are done").waitFor();
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
