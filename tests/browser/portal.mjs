// The provisioning pages of mock Entra, by the words on them.
import { control } from "./calls.mjs";
import { GUID, at, button } from "./console.mjs";

export const portal = (ready, below = "") => at(ready, `entra/${GUID}/provisioning${below}`);

// What the pages say of the job: "Provisioning Status On, …".
export const status = (page) => page.locator("#status");

// The facts of a card, by their names.
export async function facts(card) {
  const [names, values] = [await card.locator("dt").allTextContents(), await card.locator("dd").allTextContents()];
  return Object.fromEntries(names.map((name, n) => [name, values[n]]));
}

// A job that provisions a made-up company to this tenant, as `PUT entra` makes it.
export const makeJob = (ready, users, more = {}) =>
  control(ready, "PUT", "entra", { directory: { generate: { users, groups: 0 } }, requestsPerSecond: 1000, ...more });

// Runs a cycle by its button on the page Monitor, and waits until it has ended like this.
export async function runCycle(page, ready, ended) {
  await page.goto(portal(ready, "/monitor"));
  await button(page, "Run a cycle now").click();
  await status(page).getByText(ended).waitFor();
}
