// A tenant of 100,000 users in the browser: the first page, the last one, and one of them who logs in.
import assert from "node:assert/strict";
import { scim } from "./calls.mjs";
import { at, logIn } from "./console.mjs";
import { browse } from "./harness.mjs";
import * as login from "./login.mjs";

const ALL = 100_000;

// The users that SCIM has at these places, from 1 on.
async function users(ready, startIndex, count) {
  const { json } = await scim(ready, "GET", `/Users?startIndex=${startIndex}&count=${count}`);
  assert.equal(json.totalResults, ALL);
  return json.Resources;
}

const userNames = (users) => users.map((it) => it.userName);

browse("the first and the last of 100,000 users", { flags: ["--users", `${ALL}`] }, async ({ page, ready }) => {
  const shown = () => page.getByRole("rowheader").locator(".sub").allTextContents();
  const [first, last] = [await users(ready, 1, 50), await users(ready, ALL - 49, 50)];
  const next = page.getByRole("link", { name: "Next" });
  const previous = page.getByRole("link", { name: "Previous" });
  await logIn(page, ready);

  await page.goto(at(ready, "admin/users"));
  await page.getByText(`1–50 of ${ALL}`, { exact: true }).waitFor();
  assert.deepEqual(await shown(), userNames(first));
  assert.equal(await previous.count(), 0);
  // Counting them would take longer than showing them.
  await page.getByRole("link", { name: "All", exact: true }).waitFor();
  await next.click();
  await page.getByText(`51–100 of ${ALL}`, { exact: true }).waitFor();

  await page.goto(at(ready, `admin/users?page=${ALL / 50}`));
  await page.getByText(`${ALL - 49}–${ALL} of ${ALL}`, { exact: true }).waitFor();
  assert.deepEqual(await shown(), userNames(last));
  assert.equal(await next.count(), 0);
  await previous.click();
  await page.getByText(`${ALL - 99}–${ALL - 50} of ${ALL}`, { exact: true }).waitFor();

  const { userName: one } = last.findLast((it) => it.active);
  await page.getByLabel("Find users").fill(one);
  await page.keyboard.press("Enter");
  await page.getByText("1–1 of 1", { exact: true }).waitFor();
  await page.getByRole("rowheader").getByRole("link").click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  const name = await page.getByRole("heading", { level: 1 }).textContent();

  await login.logIn(page, ready, one);
  await page.getByRole("heading", { name, level: 1 }).waitFor();
});
