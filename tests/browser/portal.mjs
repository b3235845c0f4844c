// The provisioning pages of mock Entra, by the words on them.
import { control } from "./calls.mjs";
import { GUID, at, button } from "./console.mjs";

export const portal = (ready, below = "") => at(ready, `entra/${GUID}/provisioning${below}`);

// What the pages say of the job: "Provisioning Status On, …".
export const status = (page) => page.locator("#status");

// The rows of the page's table, each with the texts of its cells by the heads of their columns.
export const rows = (page) => page.locator("table").evaluate((table) => {
  const texts = (row) => [...row.cells].map((cell) => cell.innerText.trim());
  const [heads] = [...table.tHead.rows].map(texts);
  return [...table.tBodies[0].rows].map((row) => Object.fromEntries(texts(row).map((it, n) => [heads[n], it])));
});

// The facts of a card, by their names.
export async function facts(card) {
  const [names, values] = [await card.locator("dt").allTextContents(), await card.locator("dd").allTextContents()];
  return Object.fromEntries(names.map((name, n) => [name, values[n]]));
}

// A job that provisions a made-up company to this tenant, as `PUT entra` makes it.
export const makeJob = (ready, users, more = {}) =>
  control(ready, "PUT", "entra", { directory: { generate: { users, groups: 0 } }, requestsPerSecond: 1000, ...more });

// Runs a cycle by its button on the page Monitor, and waits until the page has it and says this of the job.
export async function runCycle(page, ready, ended) {
  await page.goto(portal(ready, "/monitor"));
  const cycles = page.locator("#cycle-list tbody tr");
  const before = await cycles.count();
  await button(page, "Run a cycle now").click();
  await cycles.nth(before).waitFor();
  await status(page).getByText(ended).waitFor();
}
