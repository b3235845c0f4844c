// Calls that a test makes beside the browser.
import assert from "node:assert/strict";

// A call of the control API for the server's own tenant; what it answers.
export async function control(ready, method, path, body) {
  const answer = await fetch(`${ready.controlUrl}/tenants/${ready.tenant}/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
}

// A call of the SCIM service, as Entra makes it.
export async function scim(ready, method, path, body, key = ready.secretKey) {
  const answer = await fetch(`${ready.scimUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/scim+json" },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, json: answer.status === 204 ? null : await answer.json() };
}

export const MEDIUS_USER = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

// The body that creates a user.
export const newUser = (userName, more) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", MEDIUS_USER],
  userName, ...more,
});
