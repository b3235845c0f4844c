// The provisioning pages of mock Entra as an administrator uses them: a wrong token, a cycle that is watched, a
// quarantine and its end.
import assert from "node:assert/strict";
import { control, scim } from "./calls.mjs";
import { TAB, at, button, logIn } from "./console.mjs";
import { browse, picture } from "./harness.mjs";
import { facts, makeJob, portal, rows, runCycle } from "./portal.mjs";

const NO_ACCESS = "You appear to have entered invalid credentials. Please confirm you are using the correct "
  + "information for an administrative account.";

browse("a wrong token is told in Entra's words, and the right one is filled in", { flags: [] }, async ({ page, ready, expects }) => {
  await page.goto(portal(ready));
  await page.getByLabel("Provisioning Mode").selectOption("Automatic");
  await page.getByLabel("Tenant URL").fill(ready.scimUrl);
  await page.getByLabel("Secret Token").fill("not-the-key-of-step-6");
  expects(`POST ${new URL(portal(ready)).pathname} 422`);
  await button(page, "Test Connection").click();
  const notice = page.getByRole("alert");
  await notice.getByText(NO_ACCESS).waitFor();
  await notice.getByText("Error code: SystemForCrossDomainIdentityManagementCredentialValidationFailure").waitFor();
  await notice.getByText("401").waitFor();
  assert.equal(await page.getByLabel("Tenant URL").inputValue(), ready.scimUrl, "what was typed stays");
  await picture(page, "provisioning-wrong-token");

  await button(page, "Fill in what the console gave").click();
  await page.getByText(`which ends in ${ready.secretKey.slice(-4)}. It is not shown.`).waitFor();
  assert.doesNotMatch(await page.content(), new RegExp(ready.secretKey), "a key is shown once, in the console");
  await button(page, "Test Connection").click();
  await page.getByText("the supplied credentials are authorized to enable provisioning").waitFor();
});

// From here on the page tells what its live part says whenever it changes.
const listen = (page, id) => page.evaluate((id) => {
  window.heard = [];
  const hear = () => {
    const text = document.getElementById(id).innerText;
    if (text !== window.heard.at(-1)) window.heard.push(text);
  };
  new MutationObserver(hear).observe(document.body, { subtree: true, childList: true, characterData: true });
  hear();
}, id);

browse("a cycle of 40 people is seen object by object", { flags: ["--users", "0", "--groups", "0"] }, async ({ page, ready }) => {
  await makeJob(ready, 40, { requestsPerSecond: 20 });
  await page.goto(portal(ready, "/monitor"));
  await page.getByText("No cycle has run.").first().waitFor();
  await button(page, "Run a cycle now").click();
  await page.getByRole("progressbar", { name: "Progress of the cycle" }).waitFor();
  await listen(page, "cycle");
  await page.getByText("Initial cycle completed at").waitFor();

  const heard = await page.evaluate(() => window.heard);
  const all = (pattern) => heard.map((it) => it.match(pattern)).filter(Boolean);
  const done = all(/(\d+) of \d+ steps; (\d+) users? and 0 groups are in MediusFlow/).map((it) => [+it[1], +it[2]]);
  const between = new Set(done.map(([, users]) => users).filter((it) => it > 0));
  assert.ok(between.size >= 3, `the page shows how many there are meanwhile: ${JSON.stringify(done)}`);
  assert.ok(done.every(([steps, users], n) => n === 0 || (steps >= done[n - 1][0] && users >= done[n - 1][1])));
  // Each of the people whom the page named is of the directory.
  const { objects } = await control(ready, "GET", "entra/directory");
  assert.equal(objects.length, 40);
  const people = new Set(objects.map((it) => it.attributes.displayName));
  const named = new Set(all(/entra CREATE user (.+?) → /).map((it) => it[1]));
  assert.ok(named.size >= 2, `people are named: ${heard.join("\n")}`);
  assert.deepEqual([...named].filter((it) => !people.has(it)), []);

  const [{ Created: created }] = await rows(page);
  const users = await scim(ready, "GET", "/Users?count=0");
  assert.equal(created, `${users.json.totalResults}`);
  await page.getByRole("link", { name: "Provisioning logs" }).click();
  await page.getByLabel("Find identities").fill([...named][0]);
  await page.keyboard.press("Enter");
  await page.getByRole("row").filter({ hasText: "Create" }).first().waitFor();
});

browse("a quarantine says why, and a token that works ends it", { flags: [] }, async ({ page, ready }) => {
  await makeJob(ready, 3, { notificationEmail: "provisioning@contoso.com", sendEmailWhenAFailureOccurs: true });
  await runCycle(page, ready, "initial cycle completed");
  const card = page.locator("#quarantine");
  const isQuarantined = card.getByText("The job is in quarantine");
  assert.equal(await isQuarantined.count(), 0);
  await page.getByText("None was sent.", { exact: true }).waitFor();

  // A new key in the console, and the Secret Token is the old one.
  await logIn(page, ready);
  await page.goto(at(ready, `${TAB}/secret-key/new`));
  await button(page, "OK").click();
  await page.getByText("Shown this once.").waitFor();
  await runCycle(page, ready, "in quarantine");
  await isQuarantined.waitFor();
  const told = await facts(card);
  assert.equal(told.Reason, "EncounteredQuarantineException");
  assert.equal(told["Error code"], "SystemForCrossDomainIdentityManagementCredentialValidationFailure");
  assert.match(told["Next attempt"], /^\d{4}-\d\d-\d\d /);
  const mail = page.locator("#mail-list details");
  await mail.getByText("provisioning@contoso.com").first().waitFor();
  await picture(page, "provisioning-quarantine");

  await page.goto(portal(ready));
  await button(page, "Fill in what the console gave").click();
  await page.getByText("It is not shown.").waitFor();
  await button(page, "Save").first().click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  await runCycle(page, ready, "incremental cycle completed");
  await page.getByText("Incremental cycle completed at").waitFor();
  assert.equal(await isQuarantined.count(), 0);
});

browse("Step 5 works without JavaScript", { flags: ["--users", "0"], javaScriptEnabled: false }, async ({ page, ready }) => {
  await page.goto(portal(ready));
  await page.getByLabel("Provisioning Mode").selectOption("Automatic");
  await page.getByLabel("Users", { exact: true }).fill("2");
  await page.getByLabel("Groups", { exact: true }).fill("0");
  await button(page, "Fill in what the console gave").click();
  await button(page, "Test Connection").click();
  await page.getByText("the supplied credentials are authorized to enable provisioning").waitFor();
  await button(page, "Save").first().click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  await page.goto(portal(ready, "/monitor"));
  await button(page, "Run a cycle now").click();
  await control(ready, "POST", "entra/cycle?wait=true"); // It waits for the one before, too.
  await page.goto(portal(ready, "/monitor"));

  await page.getByRole("row").filter({ hasText: "initial" }).getByText(/completed/i).waitFor();
  const users = await scim(ready, "GET", "/Users?count=0");
  assert.equal(users.json.totalResults, 2);
});
