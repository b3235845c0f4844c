// What a login says of ID tokens that are wrong, and of keys that were rotated.
import assert from "node:assert/strict";
import { control } from "./calls.mjs";
import { browse } from "./harness.mjs";
import { BEGIN, logIn, provision, refused } from "./login.mjs";

const isIn = (page, user) => page.getByRole("heading", { name: user.displayName }).waitFor();

// A test with a user, whose ID tokens are as they should be at its beginning.
let count = 0;
function signsIn(name, options, body) {
  browse(name, options, async (visit) => {
    count += 1;
    const user = await provision(visit.ready, `tokens.${count}@nordlys.example`);
    await control(visit.ready, "DELETE", "faults");
    await body({ ...visit, user });
  });
}

const spoil = (ready, idToken) =>
  control(ready, "POST", "faults", { match: { operation: "signin.token" }, action: { idToken } });

for (const [idToken, reason, words] of [
  ["expired", "tokenExpired", "The ID token has expired"],
  ["wrongAudience", "wrongAudience", "The ID token is for another application."],
  ["unknownKey", "unknownKey", "The ID token is signed by an unknown key."],
  [{ skew: "10m" }, "tokenNotYetValid", "The ID token is not valid yet"],
  [{ skew: "-70m" }, "tokenExpired", "The ID token has expired"],
]) {
  signsIn(`a token that is wrong is refused in words: ${JSON.stringify(idToken)}`, {}, async ({ page, ready, expects, user }) => {
    await spoil(ready, idToken);
    expects("GET /NordlysQA/signin-oidc 401");
    await logIn(page, ready, user.userName);
    await refused(page, reason);
    await page.getByRole("alert").getByText(words).waitFor();

    await control(ready, "DELETE", "faults");
    await page.goto(`${ready.url}${BEGIN}`);
    await isIn(page, user);
  });
}

// A token is good for an hour, so a clock that is slow takes ten minutes of it and no more.
for (const skew of ["4m", "-4m", "-10m"]) {
  signsIn(`the clock of the issuer may be off by ${skew}`, {}, async ({ page, ready, user }) => {
    await spoil(ready, { skew });
    await logIn(page, ready, user.userName);

    await isIn(page, user);
    await control(ready, "DELETE", "faults");
  });
}

// On a server of its own, since MediusFlow remembers when it fetched the keys.
const ALONE = { flags: [] };
signsIn("a rotated key with a grace breaks nothing, and one without is unknown for five minutes", ALONE, async ({ page, ready, expects, user }) => {
  const rotate = (grace) => control(ready, "POST", "sign-in/rotate-key", { grace });
  const published = async () => {
    const keys = await fetch(`${ready.url}/${ready.tenant}/entra/common/discovery/v2.0/keys`);
    return (await keys.json()).keys.map((it) => it.kid);
  };
  const again = async () => {
    await control(ready, "DELETE", "sign-ins");
    await logIn(page, ready, user.userName);
  };
  await logIn(page, ready, user.userName);
  await isIn(page, user);

  const graced = await rotate("1d");
  assert.deepEqual((await published()).sort(), [graced.before, graced.key].sort());
  await again();
  await isIn(page, user);

  // MediusFlow has just fetched the keys, and does not again for every token of an unknown key.
  const sudden = await rotate(0);
  assert.deepEqual(await published(), [sudden.key]);
  expects("GET /NordlysQA/signin-oidc 401");
  await again();
  await refused(page, "unknownKey");
  await page.getByText("the keys of the issuer are fetched again five minutes after the last time").waitFor();

  await control(ready, "POST", "clock/advance", { by: "6m" });
  await page.goto(`${ready.url}${BEGIN}`);
  await isIn(page, user);
});
