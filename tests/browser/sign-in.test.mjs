// Logging in to MediusFlow in a real browser: the chooser, mock Entra's account picker, the start page, and
// every way in which it comes to nothing.
import assert from "node:assert/strict";
import { control } from "./calls.mjs";
import { TAB, at, button, logIn as logInToConsole } from "./console.mjs";
import { browse, start } from "./harness.mjs";
import { BEGIN, change, logIn, provision, refused } from "./login.mjs";
import { makeJob, portal, runCycle } from "./portal.mjs";

browse("the chooser shows the visible options, and a hidden one works by its address", { flags: [] }, async ({ page, ready }) => {
  const options = page.locator("button.choice b");
  await page.goto(`${ready.url}/NordlysQA/`);
  await page.getByRole("heading", { name: "How do you want to log in?" }).waitFor();
  assert.deepEqual(await options.allTextContents(), ["Microsoft Entra ID", "Medius.Security"]);

  const { items } = await control(ready, "GET", "login-options");
  const local = items.find((it) => it.displayName === "Medius.Security");
  await control(ready, "PUT", "login-options/Medius.Security", { ...local, isVisible: false });
  await page.reload();
  await page.getByRole("heading", { name: "How do you want to log in?" }).waitFor();
  assert.deepEqual(await options.allTextContents(), ["Microsoft Entra ID"]);
  await page.goto(`${ready.url}/NordlysQA/login?option=Medius.Security`);

  await page.getByRole("heading", { name: "Log in", exact: true }).waitFor();
});

browse("somebody logs in with Entra, sees the claims, and logs out", {}, async ({ page, ready }) => {
  const user = await provision(ready, "in.and.out@nordlys.example");

  await logIn(page, ready, user.userName);
  await page.getByRole("heading", { name: user.displayName }).waitFor();
  await page.getByRole("link", { name: "What Entra said" }).click();
  await page.getByText("preferred_username").waitFor();
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByRole("button", { name: "Log out" }).click();

  await page.getByRole("heading", { name: "How do you want to log in?" }).waitFor();
});

browse("the page of a user leads to a login with that account alone", {}, async ({ page, ready }) => {
  const user = await provision(ready, "as.somebody@nordlys.example");
  await logInToConsole(page, ready);
  await page.goto(at(ready, `admin/users/${user.id}`));
  await page.getByRole("link", { name: `Sign in as ${user.displayName}` }).click();
  const accounts = page.getByRole("list", { name: "Accounts" }).getByRole("link");
  await accounts.filter({ hasText: user.userName }).waitFor();
  assert.equal(await accounts.count(), 1);
  await accounts.click();

  await page.getByRole("heading", { name: user.displayName }).waitFor();
});

browse("a way to log in is kept, and given up again", {}, async ({ page, ready }) => {
  await page.goto(`${ready.url}/NordlysQA/`);
  await page.getByLabel("Always log in this way").check();
  await page.getByRole("button", { name: /Microsoft Entra ID/ }).click();
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();

  await page.goto(`${ready.url}/NordlysQA/`);
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  await page.goto(`${ready.url}/NordlysQA/?choose`);
  await page.getByRole("button", { name: /Microsoft Entra ID/ }).click();
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  await page.goto(`${ready.url}/NordlysQA/`);
  await page.getByRole("heading", { name: "How do you want to log in?" }).waitFor();
});

browse("a stranger is not provisioned", {}, async ({ page, ready, expects }) => {
  expects("GET /NordlysQA/signin-oidc 403");
  await page.goto(`${ready.url}${BEGIN}`);
  await page.getByRole("link", { name: "Use another account" }).click();
  await page.getByLabel("User name").fill("stranger@nordlys.example");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("link", { name: /stranger@nordlys\.example/ }).click();

  await refused(page, "notProvisioned");
});

browse("who is disabled is out at the next request, and not let in again", {}, async ({ page, ready, expects }) => {
  const user = await provision(ready, "disabled@nordlys.example");
  await logIn(page, ready, user.userName);
  await page.getByRole("heading", { name: user.displayName }).waitFor();

  await change(ready, user, "active", false);
  expects("GET /NordlysQA/ 403");
  await page.goto(`${ready.url}/NordlysQA/`);
  await refused(page, "disabled");
  expects("GET /NordlysQA/signin-oidc 403");
  await page.getByRole("link", { name: "Use another account" }).click();
  await page.getByLabel("Find an account").fill(user.userName);
  await page.keyboard.press("Enter");
  const row = page.getByRole("link", { name: /disabled@nordlys\.example/ });
  assert.match(await row.textContent(), /Disabled/);
  await row.click();
  await refused(page, "disabled");
  await change(ready, user, "active", true);
  // Still signed in to Entra, so the picker is not shown.
  await page.goto(`${ready.url}${BEGIN}`);
  await page.getByRole("heading", { name: user.displayName }).waitFor();
});

browse("a user of another login option is refused", {}, async ({ page, ready, expects }) => {
  expects("GET /NordlysQA/signin-oidc 403");
  const schema = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";
  const user = await provision(ready, "elsewhere@nordlys.example", {
    [schema]: { identityProvider: "Medius.Security" },
  });

  await logIn(page, ready, user.userName);
  await refused(page, "wrongIdentityProvider");
  await page.getByRole("link", { name: "Log in another way" }).click();
  await page.getByRole("heading", { name: "How do you want to log in?" }).waitFor();
});

browse("who has no configuration is refused until one applies", { flags: ["--users", "0"] }, async ({ page, ready, expects }) => {
  const { items } = await control(ready, "GET", "configurations");
  for (const { id } of items) await control(ready, "DELETE", `configurations/${id}`);
  const user = await provision(ready, "nothing@nordlys.example");
  expects("GET /NordlysQA/signin-oidc 403");
  await logIn(page, ready, user.userName);
  await refused(page, "noConfiguration");
  await page.getByRole("alert").getByText(`No configuration applies to ${user.displayName}.`).waitFor();
  await page.getByText("Add a user configuration with the user's filter").waitFor();

  await logInToConsole(page, ready);
  await page.goto(at(ready, TAB));
  await page.getByRole("link", { name: "Add new configuration", exact: true }).click();
  await page.getByLabel("Nordlys Energi AB").check();
  await button(page, "Save").click();
  await page.waitForURL(/#configurations$/);
  await page.goto(at(ready, "admin/users"));
  await button(page, "Apply configurations again").click();
  await page.getByText("1 user changed.").waitFor();
  await page.goto(`${ready.url}${BEGIN}`);

  await page.getByRole("heading", { name: user.displayName }).waitFor();
});

browse("a local account logs in, and one of Entra's does not", {}, async ({ page, ready, expects }) => {
  expects("POST /NordlysQA/LocalAccount/ 403");
  const user = await provision(ready, "of.entra@nordlys.example");
  await page.goto(`${ready.url}/NordlysQA/LocalAccount/`);
  await page.getByLabel("User name").fill(user.userName);
  await page.getByRole("button", { name: "Log in" }).click();
  await refused(page, "wrongIdentityProvider");

  await page.goto(`${ready.url}/NordlysQA/LocalAccount/`);
  await page.getByLabel("User name").fill("admin@nordlys.example");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("Logged in with Medius.Security").waitFor();
});

browse("two servers on one host keep two sessions", {}, async ({ page, ready, lets }) => {
  const other = await start("--users", "5");
  lets(other.ready.url);
  try {
    const here = await provision(ready, "two.servers@nordlys.example");
    const there = await provision(other.ready, "two.servers@nordlys.example");
    await logIn(page, ready, here.userName);
    await page.getByRole("heading", { name: here.displayName }).waitFor();
    await page.goto(`${other.ready.url}/NordlysQA/`);
    await page.getByRole("heading", { name: "How do you want to log in?" }).waitFor();
    await logIn(page, other.ready, there.userName);
    await page.getByRole("heading", { name: there.displayName }).waitFor();

    await page.goto(`${ready.url}/NordlysQA/`);
    await page.getByRole("heading", { name: here.displayName }).waitFor();
  } finally {
    other.stop();
  }
});

browse("a reset logs everybody out", {}, async ({ page, ready }) => {
  const user = await provision(ready, "reset@nordlys.example");
  await logIn(page, ready, user.userName);
  await page.getByRole("heading", { name: user.displayName }).waitFor();

  await control(ready, "POST", "reset", {});

  await page.goto(`${ready.url}/NordlysQA/`);
  await page.getByRole("heading", { name: "How do you want to log in?" }).waitFor();
});

browse("an account lives in Entra: provisioned, disabled, enabled", { flags: ["--users", "0"] }, async ({ page, ready, expects }) => {
  await makeJob(ready, 3);
  await runCycle(page, ready, "initial cycle completed");
  const { attributes } = (await control(ready, "GET", "entra/directory")).objects[0];
  const turn = async (change) => {
    await page.goto(portal(ready, "/users-and-groups"));
    const row = page.getByRole("row").filter({ hasText: attributes.userPrincipalName });
    await Promise.all([page.waitForEvent("load"), row.getByRole("button", { name: change }).click()]);
    await runCycle(page, ready, "incremental cycle completed");
  };

  await logIn(page, ready, attributes.userPrincipalName);
  await page.getByRole("heading", { name: attributes.displayName }).waitFor();
  await turn("Disable");
  expects("GET /NordlysQA/ 403");
  await page.goto(`${ready.url}/NordlysQA/`);
  await refused(page, "disabled");
  await turn("Enable");
  // Still signed in to Entra, so the picker is not shown.
  await page.goto(`${ready.url}${BEGIN}`);

  await page.getByRole("heading", { name: attributes.displayName }).waitFor();
  const sequence = ["notProvisioned", "works", "disabled", "works"];
  await control(ready, "POST", "sign-in/verify", { user: attributes.userPrincipalName, sequence });
});
