// A browser on a server of its own, and what no page may do. Every page that a test opens is watched: a
// console error, an exception, a request that failed or was refused unexpectedly, one to another origin, or
// a report of the content security policy fails the test.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { withPalette } from "./png.mjs";

const PROGRAM = process.env.PROGRAM;
const PICTURES = process.env.PICTURES;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let server;

before(async () => {
  mkdirSync(`${PICTURES}/docs`, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    // The sandbox does not work for root, who runs containers; only pages of this repository are shown.
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
  });
  server = await start("--users", "5", "--groups", "2");
});

after(async () => {
  await browser?.close();
  server?.stop();
});

// Starts the program on a free port; its ready line, and how it stops.
export async function start(...flags) {
  const args = ["serve", "--port", "0", "--exit-with", "stdin", "--log-format", "json", "--log-level", "error", ...flags];
  const child = spawn(PROGRAM, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout);
  const ready = await new Promise((resolve, reject) => {
    lines.once("line", (line) => resolve(JSON.parse(line)));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { ready, stop: () => child.stdin.end() };
}

// A site of somebody else: serves this HTML at each address until it is closed.
export async function foreignSite(html) {
  const site = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  return { port: site.address().port, close: () => site.close() };
}

// A test with a page of its own: `options` are those of a browser's context. The body gets the page, the
// server's ready line, `expects("GET /path 401")` for an answer that is a refusal on purpose, and
// `lets(origin)` for another site that the page may meet. With `flags` the test has a server of its own,
// which is started with them.
export function browse(name, { flags, ...options }, body) {
  test(name, async () => {
    const own = flags ? await start(...flags) : server;
    const context = await browser.newContext(options);
    // Only a test that fails waits so long, or one on a machine with much else to do.
    context.setDefaultTimeout(60_000);
    const expected = new Set();
    const known = new Set([new URL(own.ready.url).origin]);
    const faults = [];
    await watch(context, known, expected, faults);
    const page = await context.newPage();
    const expects = (what) => expected.add(what);
    const lets = (origin) => known.add(origin);
    try {
      await body({ page, ready: own.ready, expects, lets, faults });
      // What is still under way is told, too.
      await page.waitForLoadState("load");
    } catch (error) {
      const shown = `${page.url()} shows:\n${await textOf(page)}`;
      throw new Error([error.message, shown, ...faults].join("\n"), { cause: error });
    } finally {
      await context.close();
      if (flags) own.stop();
    }
    assert.deepEqual(faults, []);
  });
}

async function watch(context, known, expected, faults) {
  await context.exposeBinding("reportViolation", (_, what) => faults.push(`policy: ${what}`));
  await context.addInitScript(() => {
    const report = (it) => window.reportViolation(`${it.violatedDirective} ${it.blockedURI}`);
    document.addEventListener("securitypolicyviolation", report);
  });
  context.on("console", (message) => {
    // A refusal is told with its answer, by its address.
    const isRefusal = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusal) faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (it) => faults.push(`exception: ${it.error()}`));
  context.on("request", (it) => {
    const url = new URL(it.url());
    if (url.protocol !== "data:" && !known.has(url.origin)) faults.push(`foreign: ${url}`);
  });
  context.on("requestfailed", (it) => {
    // A stream of events ends with its page, and so does what the page fetches when something has changed.
    if (it.resourceType() === "eventsource") return;
    if (it.resourceType() === "fetch" && it.failure()?.errorText === "net::ERR_ABORTED") return;
    faults.push(`failed: ${it.url()} ${it.failure()?.errorText}`);
  });
  context.on("response", (it) => {
    const what = `${it.request().method()} ${new URL(it.url()).pathname} ${it.status()}`;
    if (it.status() >= 400 && !expected.delete(what)) faults.push(`refused: ${what}`);
  });
}

// The beginning of what a page shows.
const textOf = (page) =>
  page.evaluate(() => document.body.innerText.slice(0, 1000)).catch((error) => `${error}`);

// A picture of the whole page, to look at; and the page must fit into its width.
export async function picture(page, name) {
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  const [wide, room] = await page.evaluate(() => {
    const root = document.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  assert.ok(wide <= room, `${name} is ${wide} px wide and has ${room} px`);
}

// A picture of the top of the page for the docs, 1000 pixels wide: `.ci/browser --pictures` copies it to
// docs/pictures.
export async function figure(page, name, height = 640) {
  await page.setViewportSize({ width: 1000, height });
  await page.evaluate(() => scrollTo(0, 0));
  writeFileSync(`${PICTURES}/docs/${name}.png`, withPalette(await page.screenshot()));
}

// A picture of the page, which axe-core looks at, too: it must find no barrier.
export async function inspect(page, name) {
  await picture(page, name);
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`);
  });
  assert.deepEqual(found, [], name);
}
