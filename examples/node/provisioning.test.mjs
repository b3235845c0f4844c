// What a test of a SCIM client looks like; in yours, the client makes the calls.
//
//   node --test examples/node/

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startMock } from './mock.mjs';

let mock;
before(async () => {
  mock = await startMock('--users', '3');
});
after(async () => {
  assert.equal(await mock.stop(), 0);
});

function scim(method, path, body) {
  return fetch(mock.scimUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${mock.secretKey}`,
      'content-type': 'application/scim+json',
    },
    body: body && JSON.stringify(body),
  });
}

test('the tenant starts with its seeded users', async () => {
  const answer = await scim('GET', '/Users');

  assert.equal((await answer.json()).totalResults, 3);
});

test('a user is created once', async () => {
  const anna = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'anna.larsson@contoso.com',
  };

  const created = await scim('POST', '/Users', anna);
  const again = await scim('POST', '/Users', anna);

  assert.deepEqual([created.status, again.status], [201, 409]);
  assert.equal((await again.json()).scimType, 'uniqueness');
});
