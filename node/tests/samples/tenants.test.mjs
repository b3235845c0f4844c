// Tests with tenants of their own; some fail on purpose, and one has an odd name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { mediusflow } from 'mediusflow-mock/node-test';

const mock = mediusflow({ users: 0, groups: 0 });
const names = [];

async function use(t, wish) {
  const tenant = await mock.tenant(t, wish);
  names.push(tenant.name);
  await tenant.newUser({ userName: `user${names.length}@contoso.com` });
  return tenant;
}

test('passes', async (t) => {
  assert.equal((await (await use(t, { users: 2 })).users()).length, 3);
});

test('fails', async (t) => {
  const tenant = await use(t);
  await fetch(`${(await mock.server()).url}/Fails/scim/v2/Users`);
  await tenant.verify('op:delete', { count: 1 });
});

describe('a suite', () => {
  test('fails', async (t) => {
    await use(t);
    await use(t);
    assert.fail('on purpose');
  });
});

for (const name of ['../é 日本 "quotes" & <tags>', '', 'x'.repeat(300)]) test(name, (t) => use(t));

test('two at once', async (t) => {
  await Promise.all([1, 2].map((n) => t.test(`part ${n}`, (part) => use(part))));
});

test('with something else than its context', async () => {
  await assert.rejects(mock.tenant({}), { name: 'TypeError', message: /needs the context of the test/ });
});

test('tenants are deleted after their tests', async () => {
  assert.deepEqual((await (await mock.server()).tenants()).sort(), ['Nordlys', 'NordlysQA']);
  assert.equal(new Set(names).size, names.length);
  console.log(JSON.stringify({ names, url: (await mock.server()).url }));
});
