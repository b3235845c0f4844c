// The tutorial from Step 2 to Step 6, by its own words: from an empty tenant to somebody who is logged in. There
// is a picture of each step, and the docs show some of them.
import assert from "node:assert/strict";
import { control } from "./calls.mjs";
import { GUID, at, button, clipboard, keyField } from "./console.mjs";
import { browse, figure, picture } from "./harness.mjs";
import * as login from "./login.mjs";
import { rows, status } from "./portal.mjs";

const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

// Step 2: "Configure MediusFlow to support provisioning"; the Secret Token and the Tenant URL.
async function configureMediusFlow(page, ready) {
  const shows = (step) => picture(page, `tutorial-2-${step}`);
  await page.goto(`${ready.url}/admin/`);
  await page.getByLabel("MediusFlow tenant name").fill(ready.tenant);
  await shows("01-login");
  await button(page, "Authenticate").click();
  await page.waitForURL(/integration/);
  await button(page, "Verify").click();
  await page.getByText(`Verified: ${ready.tenant}`).waitFor();
  await shows("02-verify");
  await page.getByLabel("Microsoft Entra tenant ID", { exact: true }).fill(GUID);
  await shows("03-tenant-id");
  await button(page, "Save configuration").click();
  await page.getByText(`Saved: ${GUID}`).waitFor();
  await shows("04-save");
  await page.getByLabel("Use user provisioning").check();
  await shows("05-user-provisioning");
  await button(page, "OK").click();

  await page.getByRole("link", { name: "Generate Secret Key", exact: true }).click();
  await page.waitForURL(/secret-key\/new$/);
  await shows("06-generate");
  await button(page, "OK").click();
  await button(page, "Copy").click();
  const token = await clipboard(page);
  assert.equal(token, await keyField(page).inputValue());
  await shows("07-key");
  await page.getByRole("link", { name: "Add new configuration", exact: true }).click();
  await page.waitForURL(/configurations\/new$/);
  await shows("08-add");
  await page.getByLabel("Nordlys Energi AB").check();
  await shows("09-settings");
  await figure(page, "console-configuration");
  await button(page, "Save").click();
  await page.waitForURL(/#configurations$/);
  await shows("10-save");
  await button(page, "Copy SCIM link").click();
  await page.getByText("All eleven steps are done").waitFor();
  await shows("11-link");
  return { token, url: await clipboard(page) };
}

// Step 5: "Configure automatic user provisioning to MediusFlow", with what Step 2 gave.
async function configureProvisioning(page, ready, { token, url }) {
  const shows = (step) => picture(page, `tutorial-5-${step}`);
  await page.goto(ready.url);
  await page.getByRole("link", { name: `Provisioning of ${ready.tenant}` }).click();
  await page.getByRole("link", { name: "Enterprise applications" }).click();
  await shows("02-applications");
  await page.getByRole("link", { name: "MediusFlow", exact: true }).click();
  await page.getByRole("link", { name: "Provisioning", exact: true }).click();
  await page.getByLabel("Provisioning Mode").selectOption("Automatic");
  await shows("04-mode");
  await page.getByLabel("Tenant URL").fill(url);
  await page.getByLabel("Secret Token").fill(token);
  await button(page, "Test Connection").click();
  await page.getByText("the supplied credentials are authorized to enable provisioning").waitFor();
  await shows("05-credentials");
  await figure(page, "entra-provisioning", 830);
  await page.getByLabel("Users", { exact: true }).fill("3");
  await page.getByLabel("Groups", { exact: true }).fill("1");
  await page.getByLabel("Notification Email").fill("provisioning@contoso.com");
  await page.getByLabel("Send an email notification when a failure occurs").check();
  await shows("06-notification");
  await button(page, "Save").click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("Secret Token").inputValue(), "", "a token is not shown again");
  await shows("07-saved");
  await defineScope(page);
  await reviewMappings(page, shows);
  await page.getByLabel("On", { exact: true }).check();
  await shows("13-status");
  await page.getByLabel("Scope").selectOption("Sync only assigned users and groups");
  await shows("14-scope");
  await page.locator("section", { has: page.getByRole("heading", { name: "Settings" }) })
    .getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/monitor$/);
  await shows("15-saved");
}

// Step 4: "Define who will be in scope for provisioning": who is assigned to the application.
async function defineScope(page) {
  await page.getByRole("link", { name: "Users and groups", exact: true }).first().click();
  await page.getByRole("heading", { name: "Users and groups" }).waitFor();
  const assigned = (await rows(page)).map((it) => it.Assigned);
  assert.equal(assigned.length, 4, "three users and a group");
  assert.ok(assigned.every((it) => it !== "No"), assigned.join());
  await picture(page, "tutorial-4-users-and-groups");
  await page.getByRole("link", { name: "Provisioning", exact: true }).click();
}

// 8 to 11 of Step 5.
async function reviewMappings(page, shows) {
  await page.getByRole("heading", { name: "Mappings" }).waitFor();
  await shows("08-mappings");
  await page.getByRole("link", { name: "Synchronize Microsoft Entra users to MediusFlow" }).click();
  await page.getByRole("heading", { name: "Synchronize Microsoft Entra users to MediusFlow" }).waitFor();
  const users = await rows(page);
  const filterable = users.filter((it) => it["Supported for filtering"] === "Yes");
  assert.deepEqual(filterable.map((it) => it.Attribute), ["userName"]);
  assert.match(filterable[0].Matching, /^Yes/);
  await shows("09-user-mappings");
  await page.goBack();
  await page.getByRole("link", { name: "Synchronize Microsoft Entra groups to MediusFlow" }).click();
  await page.getByRole("heading", { name: "Synchronize Microsoft Entra groups to MediusFlow" }).waitFor();
  const groups = await rows(page);
  assert.deepEqual(groups.map((it) => it.Attribute).sort(), ["displayName", "externalId", "members"]);
  await shows("11-group-mappings");
  await page.goBack();
}

// Step 6: "Monitor your deployment"; who was provisioned.
async function monitor(page, ready) {
  const shows = (step) => picture(page, `tutorial-6-${step}`);
  await status(page).getByText("initial cycle completed").waitFor();
  await page.getByText("Initial cycle completed at").waitFor();
  assert.equal(await page.getByText("The job is in quarantine").count(), 0);
  await shows("2-progress");
  await figure(page, "entra-monitor");
  await page.getByRole("link", { name: "Provisioning logs" }).click();
  await page.getByRole("table").waitFor();
  const lines = await rows(page);
  assert.equal(lines.filter((it) => it.Action === "Create").length, 4, "three users and a group");
  assert.ok(lines.every((it) => it.Status === "Success"));
  await shows("1-logs");
  const { objects } = await control(ready, "GET", "entra/directory");
  return objects.find((it) => it.attributes.userPrincipalName).attributes;
}

browse("the whole tutorial, from an empty tenant to somebody who is logged in", { flags: ["--fresh"], ...CLIPBOARD }, async ({ page, ready }) => {
  const credentials = await configureMediusFlow(page, ready);
  await configureProvisioning(page, ready, credentials);
  const { userPrincipalName, displayName } = await monitor(page, ready);

  await page.goto(at(ready, "admin/users"));
  await page.getByRole("row").filter({ hasText: userPrincipalName }).waitFor();
  await figure(page, "console-users");
  await login.logIn(page, ready, userPrincipalName);
  await page.getByRole("heading", { name: displayName }).waitFor();
  await picture(page, "tutorial-7-logged-in");
  await figure(page, "sign-in-start");
});
