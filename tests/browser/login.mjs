// Logging in to MediusFlow, by the words on its pages and on those of mock Entra.
import assert from "node:assert/strict";
import { control } from "./calls.mjs";

// Where a login with Microsoft Entra ID begins.
export const BEGIN = "/NordlysQA/login?option=Microsoft+Entra+ID";

// A user who may log in, made for a test.
export async function provision(ready, userName, more = {}) {
  return control(ready, "POST", "users", { userName, displayName: `${userName} shown`, ...more });
}

export const change = (ready, user, path, value) =>
  control(ready, "PATCH", `users/${user.id}`, { Operations: [{ op: "replace", path, value }] });

// Logs in with Microsoft Entra ID by clicking.
export async function logIn(page, ready, userName) {
  await page.goto(`${ready.url}/NordlysQA/?choose`);
  await page.getByRole("button", { name: /Microsoft Entra ID/ }).click();
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  await page.getByLabel("Find an account").fill(userName);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: new RegExp(userName.replaceAll(".", "\\.")) }).click();
}

// Waits for the page of a refusal, which gives this reason.
export async function refused(page, reason) {
  await page.getByRole("heading", { name: "You are not logged in" }).waitFor();
  assert.equal(await page.locator("dd code").first().textContent(), reason);
}
