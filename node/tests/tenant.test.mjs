// Tenants, their users and groups, and their states.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mediusflow } from 'mediusflow-mock/node-test';

import { scim } from './harness.mjs';

const mock = mediusflow({ users: 0, groups: 0 });

test('tenants are made, found, listed and deleted', async () => {
  const server = await mock.server();
  const made = await server.newTenant('ShopQA', { users: 2, groups: 1, timeToLive: '1h' });
  const found = await server.tenant('ShopQA');

  assert.deepEqual({ ...found }, { ...made });
  assert.equal(made.url, `${server.url}/ShopQA/`);
  assert.equal(made.authority, `${server.url}/ShopQA/entra`);
  assert.ok((await server.tenants()).includes('ShopQA'));
  assert.equal((await made.users()).length, 2);

  const copy = await server.newTenant('CopyQA', { source: { tenant: 'ShopQA' } });
  assert.deepEqual(
    (await copy.users()).map((it) => it.userName),
    (await made.users()).map((it) => it.userName),
  );

  await copy.delete();
  await made[Symbol.asyncDispose]();
  await made.delete(); // is gone already
  assert.deepEqual(
    (await server.tenants()).filter((it) => /Shop|Copy/.test(it)),
    [],
  );
  await assert.rejects(made.users(), { name: 'ApiError', code: 'unknown-tenant', status: 404 });
});

test('names that are no tenant names are refused', async () => {
  const server = await mock.server();
  for (const name of ['a b', 'ä', 'x'.repeat(64), '']) {
    await assert.rejects(server.newTenant(name), { name: 'ApiError', status: 400, field: 'name' });
  }
  await assert.rejects(server.newTenant('admin'), { code: 'reserved-name' });
  await assert.rejects(server.newTenant('NordlysQA'), {
    code: 'tenant-exists',
    message: /already\nleave the name out/,
  });
  for (const name of ['', '.', '..', 7]) await assert.rejects(server.tenant(name), { name: 'TypeError' });
});

test('users and groups are edited by name or id', async (t) => {
  const tenant = await mock.tenant(t);
  const anna = await tenant.newUser({ userName: 'anna@contoso.com' });
  const group = await tenant.newGroup({ displayName: 'Finance "SE"', members: [{ value: anna.id }] });

  await tenant.changeUser('anna@contoso.com', [{ op: 'replace', path: 'active', value: false }]);
  assert.equal((await tenant.user(anna.id)).active, false);
  assert.equal((await tenant.group('Finance "SE"')).id, group.id);
  assert.deepEqual(
    (await tenant.users('active eq false')).map((it) => it.id),
    [anna.id],
  );

  await tenant.deleteUser(anna.id);
  await tenant.changeGroup(group.id, [{ op: 'add', path: 'externalId', value: '7' }]);
  assert.equal((await tenant.groups('externalId eq "7"')).length, 1);
  await tenant.deleteGroup('Finance "SE"');
  assert.deepEqual([await tenant.user('anna@contoso.com'), await tenant.groups()], [null, []]);
});

test('a name of nobody changes nothing', async (t) => {
  const tenant = await mock.tenant(t);
  await assert.rejects(tenant.deleteUser('bo@contoso.com'), { name: 'ApiError', code: 'unknown-resource' });
  await assert.rejects(tenant.changeGroup('Sales', []), { name: 'ApiError', code: 'unknown-resource' });

  // In an address it would be left out, and so mean the tenant.
  await assert.rejects(tenant.deleteUser('..'), { name: 'TypeError', message: '".." is no name or id' });
  assert.equal((await tenant.details()).tenant, tenant.name);
});

test('all users are listed, page by page', async (t) => {
  const tenant = await mock.tenant(t, { users: 1001 });

  assert.equal(new Set((await tenant.users()).map((it) => it.id)).size, 1001);
});

test('a reset, snapshots and documents put a state in place', async (t) => {
  const tenant = await mock.tenant(t);
  const empty = await tenant.digest();
  await tenant.newUser({ userName: 'anna@contoso.com' });
  await tenant.takeSnapshot('anna');
  const anna = await tenant.digest();
  const state = await tenant.exportState({ secrets: true });

  await tenant.reset();
  assert.equal(await tenant.digest(), empty);
  for (const back of [() => tenant.restore('anna'), () => tenant.reset('anna'), () => tenant.importState(state)]) {
    await back();
    assert.equal(await tenant.digest(), anna);
    await tenant.reset();
  }
});

test('other calls can be made', async (t) => {
  const server = await mock.server();
  const tenant = await mock.tenant(t);

  assert.ok((await tenant.call('GET', 'companies')).total > 0);
  await scim(tenant, 'GET', '/Users');
  assert.match(
    await tenant.call('GET', 'requests/export', undefined, { query: { format: 'jsonl' } }),
    /^{.*"seq":1,.*}\n$/,
  );
  assert.equal(await tenant.call('DELETE', 'sign-in'), undefined);
  assert.equal((await server.call('GET', 'tenants')).total, (await server.tenants()).length);
});
