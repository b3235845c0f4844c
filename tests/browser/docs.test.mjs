// `/docs` as a person uses it.
import assert from "node:assert/strict";
import { browse, foreignSite, picture } from "./harness.mjs";

const shown = (page) => page.locator("details:visible");
const block = (page, summary) => page.locator("details", { has: page.getByText(summary, { exact: true }) });

async function open(page, ready) {
  await page.goto(`${ready.url}/docs`);
  await page.waitForSelector("details");
}

browse("a search leaves what has all its words, and an empty one everything", {}, async ({ page, ready }) => {
  await open(page, ready);
  const all = await shown(page).count();
  assert.ok(all > 100, `${all} addresses`);

  await page.getByLabel("Find an address or a word").pressSequentially("LIVEZ");
  assert.deepEqual(await shown(page).locator("code").first().textContent(), "/livez");
  assert.equal(await shown(page).count(), 1);
  assert.deepEqual(await page.locator("h2:visible").allTextContents(), ["Server"]);
  assert.equal(await page.locator("#found").textContent(), `1 of ${all} addresses`);

  await page.locator("#search").fill("wait get state");
  assert.deepEqual(await shown(page).locator("code").allTextContents(), [
    "/_mock/v1/tenants/{tenant}/state/wait",
  ]);

  await page.locator("#search").fill("no such thing");
  assert.equal(await shown(page).count(), 0);
  assert.deepEqual(await page.locator("h2:visible").allTextContents(), []);

  await page.locator("#search").fill("");
  assert.equal(await shown(page).count(), all);
});

browse("back and forward go through the addresses that were opened", {}, async ({ page, ready }) => {
  await open(page, ready);
  const live = block(page, "Whether the process runs");
  const readiness = block(page, "Whether requests are answered");

  await live.locator("summary").click();
  await page.waitForURL(/#getLivez$/);
  await readiness.locator("summary").click();
  await page.waitForURL(/#getReadyz$/);

  await page.goBack();
  await page.waitForFunction(() => !document.getElementById("getReadyz").open);
  assert.ok(await live.evaluate((it) => it.open));
  await page.goBack();
  await page.waitForFunction(() => !document.getElementById("getLivez").open);
  await page.goForward();
  await page.waitForFunction(() => document.getElementById("getLivez").open);
});

browse("a link leads to an address", {}, async ({ page, ready }) => {
  await page.goto(`${ready.url}/docs#getReadyz`);

  await block(page, "Whether requests are answered").getByRole("button", { name: "Try it" }).click();
  await page.getByText("200 OK").waitFor();
});

browse("calls are tried with parameters, a body and a token", {}, async ({ page, ready, expects }) => {
  await open(page, ready);

  const login = block(page, "Step 1: logs in to a tenant's admin console by its name");
  await login.locator("summary").click();
  await login.getByRole("textbox").fill(`{"tenantName": "${ready.tenant}"}`);
  await login.getByRole("button", { name: "Try it" }).click();
  await login.getByText("200 OK").waitFor();
  const told = await login.locator(".answer").textContent();
  const { accessToken } = JSON.parse(told.slice(told.indexOf("{")));

  const path = `/${ready.tenant}/admin/v1/setup`;
  const setup = page.locator("#getTenantAdminV1Setup");
  await setup.locator("summary").click();
  await setup.getByRole("button", { name: "Try it" }).click();
  assert.ok(await setup.getByLabel("tenant *").evaluate((it) => it.matches(":invalid:focus")));

  await setup.getByLabel("tenant *").fill(ready.tenant);
  expects(`GET ${path} 401`);
  await setup.getByLabel("tenant *").press("Enter");
  await setup.getByText("401 Unauthorized").waitFor();

  await page.locator("#token").fill(accessToken);
  await setup.getByRole("button", { name: "Try it" }).click();
  await setup.getByText("200 OK").waitFor();
});

browse("the page works by keyboard alone", {}, async ({ page, ready }) => {
  await open(page, ready);

  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.type("livez");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return [document.activeElement.tagName, style.outlineStyle];
  });
  assert.deepEqual(outline, ["SUMMARY", "solid"]);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Try it" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");

  await page.getByText("200 OK").waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 800, 1280]) {
    const options = { colorScheme, viewport: { width, height: 844 } };
    browse(`the page fits into ${width} px, ${colorScheme}`, options, async ({ page, ready }) => {
      await open(page, ready);
      await page.locator("#search").fill("user");
      await picture(page, `docs-search-${width}-${colorScheme}`);

      await page.goto(`${ready.url}/docs#postTenantScimV2Users`);
      await page.locator("#search").fill("/scim/v2/users");
      const post = page.locator("#postTenantScimV2Users");
      await post.getByLabel("tenant *").fill(ready.tenant);
      await picture(page, `docs-open-${width}-${colorScheme}`);
    });
  }
}

// The foreign page's own requests are what the harness would complain of.
async function lured(visit, host, html) {
  const site = await foreignSite(html);
  const at = `http://${host}:${site.port}/`;
  try {
    await visit.page.goto(at);
    await visit.page.waitForLoadState("networkidle");
    const frame = visit.page.frames()[1];
    return frame && await frame.evaluate(() => document.body?.innerText ?? "");
  } finally {
    site.close();
    visit.faults.length = 0;
  }
}

for (const host of ["localhost", "127.0.0.1"]) {
  browse(`a page at ${host} shows no page of the server in a frame`, {}, async (visit) => {
    const frame = `<iframe src="${visit.ready.url}/docs"></iframe>`;
    const text = await lured(visit, host, frame);

    assert.doesNotMatch(text ?? "", /Find an address/);
  });

  browse(`a form at ${host} does not get through to the console`, {}, async (visit) => {
    const action = `${visit.ready.url}/admin/v1/authenticate`;
    const body = `{"tenantName":"${visit.ready.tenant}","userName":"`;
    const form = `<form method="post" enctype="text/plain" action="${action}">
      <input name='${body}' value='"}'><button>Win</button></form>`;
    const site = await foreignSite(form);
    await visit.page.goto(`http://${host}:${site.port}/`);
    const [answer] = await Promise.all([
      visit.page.waitForResponse((it) => it.url() === action),
      visit.page.getByText("Win").click(),
    ]);
    site.close();

    assert.equal(answer.status(), 403);
    visit.faults.length = 0;
  });
}
