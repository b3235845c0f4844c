// How a client of mock Entra asks for an account: by a hint, without a page, or for a choice.
import assert from "node:assert/strict";
import { browse, foreignSite } from "./harness.mjs";
import { provision } from "./login.mjs";

const CLIENT = "6e1d3c52-8a04-4f6b-9d27-51b0c9e7a3f4";
const VERIFIER = "a-verifier-of-this-test-which-is-43-chars-long";

// A test with an application of somebody else, which waits on another port for what Entra answers. `ask`
// opens the authorize endpoint with these parameters more, `answered` is what came back.
function asks(name, body) {
  browse(name, {}, async ({ page, ready, lets }) => {
    const site = await foreignSite("<title>Application</title>");
    const redirectUri = `http://127.0.0.1:${site.port}/back`;
    lets(`http://127.0.0.1:${site.port}`);
    const authority = `${ready.url}/${ready.tenant}/entra/common/oauth2/v2.0`;
    const client = { client_id: CLIENT, redirect_uri: redirectUri };
    const ask = (more) => page.goto(`${authority}/authorize?${new URLSearchParams({
      ...client, response_type: "code", scope: "openid profile", state: "kept", nonce: "n",
      code_challenge: VERIFIER, code_challenge_method: "plain", ...more,
    })}`);
    const answered = async () => {
      await page.waitForURL(`${redirectUri}?*`);
      const answer = Object.fromEntries(new URL(page.url()).searchParams);
      assert.equal(answer.state, "kept");
      return answer;
    };
    // Whom the code of an answer stands for.
    const account = async ({ code }) => {
      const form = { ...client, grant_type: "authorization_code", code, code_verifier: VERIFIER };
      const tokens = await fetch(`${authority}/token`, { method: "POST", body: new URLSearchParams(form) });
      const [, claims] = (await tokens.json()).id_token.split(".");
      return JSON.parse(Buffer.from(claims, "base64url")).preferred_username;
    };
    const [ada, bo] = [await somebody(ready, "ada"), await somebody(ready, "bo")];
    try {
      await body({ page, ask, answered, account, ada, bo });
    } finally {
      site.close();
    }
  });
}

// The user name of somebody whom all tests here may sign in.
let count = 0;
async function somebody(ready, name) {
  count += 1;
  return (await provision(ready, `${name}.${count}@prompts.example`)).userName;
}

const accounts = (page) => page.getByRole("list", { name: "Accounts" }).getByRole("link");

asks("a hint offers one account alone, and no page once it is signed in", async ({ page, ask, answered, account, ada, bo }) => {
  await ask({ login_hint: ada });
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  assert.equal(await accounts(page).count(), 1);
  await accounts(page).filter({ hasText: ada }).click();
  assert.equal(await account(await answered()), ada);

  await ask({ login_hint: ada });
  assert.equal(await account(await answered()), ada);

  await ask({ login_hint: bo });
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  assert.equal(await accounts(page).count(), 1);
  await accounts(page).filter({ hasText: bo }).click();
  assert.equal(await account(await answered()), bo);
});

asks("without a page it needs a session, and one of the account that is hinted", async ({ ask, answered, account, page, ada, bo }) => {
  await ask({ prompt: "none" });
  const refused = await answered();
  assert.equal(refused.error, "login_required");
  assert.match(refused.error_description, /^AADSTS50058: /);

  await ask({ login_hint: ada });
  await accounts(page).filter({ hasText: ada }).click();
  await answered();
  await ask({ prompt: "none" });
  assert.equal(await account(await answered()), ada);

  await ask({ prompt: "none", login_hint: bo });
  assert.equal((await answered()).error, "login_required");
});

asks("an account is chosen in spite of a session, and is the one from then on", async ({ page, ask, answered, account, ada, bo }) => {
  await ask({ login_hint: ada });
  await accounts(page).filter({ hasText: ada }).click();
  await answered();

  await ask({ prompt: "select_account" });
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  await page.getByLabel("Find an account").fill(bo);
  await page.keyboard.press("Enter");
  await accounts(page).filter({ hasText: bo }).click();
  assert.equal(await account(await answered()), bo);

  await ask({});
  assert.equal(await account(await answered()), bo);
});
