// The harness notices what it is for.
import assert from "node:assert/strict";
import { browse } from "./harness.mjs";

// Runs the body and takes the faults that it must have made.
function notices(name, fault, body) {
  browse(`the harness notices ${name}`, {}, async (visit) => {
    await visit.page.goto(`${visit.ready.url}/docs`);
    await visit.page.waitForSelector("details");
    assert.deepEqual(visit.faults, []);
    await body(visit.page, visit.ready);
    await visit.page.waitForLoadState("networkidle");
    assert.ok(visit.faults.some((it) => fault.test(it)), `${visit.faults}`);
    visit.faults.length = 0;
  });
}

notices("a console error", /^console: broken$/, (page) => page.evaluate(() => console.error("broken")));

notices("an inline script", /^policy: script-src-elem inline$/, (page) =>
  page.evaluate(() => new Promise((resolve) => {
    document.addEventListener("securitypolicyviolation", () => resolve());
    document.body.append(Object.assign(document.createElement("script"), { textContent: "1" }));
  })));

notices("an inline style", /^policy: style-src-attr inline$/, (page) =>
  page.evaluate(() => new Promise((resolve) => {
    document.addEventListener("securitypolicyviolation", () => resolve());
    document.body.setAttribute("style", "color: red");
  })));

notices("a request to another origin", /^policy: connect-src http:\/\/localhost:1/, (page) =>
  page.evaluate(() => fetch("http://localhost:1/").catch(() => {})));

notices("a refusal that nobody expected", /^refused: GET \/nowhere 404$/, (page) =>
  page.evaluate(() => fetch("/nowhere")));

notices("an exception", /^exception: Error: broken$/, async (page) => {
  const told = page.waitForEvent("pageerror");
  await page.evaluate(() => { setTimeout(() => { throw new Error("broken"); }); });
  await told;
});
