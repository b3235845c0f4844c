// What the helpers for test runners say, where a run of them is not needed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { start, tenantName } from 'mediusflow-mock';

import { PROJECT, scim } from './harness.mjs';

const inside = (file) => import(pathToFileURL(join(PROJECT, 'node_modules/mediusflow-mock/lib', file)));
const { trafficLines } = await inside('test-report.js');

let server;
before(async () => {
  server = await start();
});
after(() => server?.stop());

test('a tenant name follows from the id of a test, as in Python', () => {
  // Of python/tests/test_naming.py.
  assert.equal(tenantName('test_orders.py::test_a_user_leaves[anna]'), 'TestAUserLeavesAnnabf61c341');
  assert.notEqual(tenantName('a::test'), tenantName('b::test'));
  for (const id of ['', '::', '日本', 'x'.repeat(500), '../..', 'a b\n'.repeat(99)]) {
    assert.match(tenantName(id), /^[A-Za-z0-9]{8,48}$/);
  }
});

test('of much traffic the latest is shown, in less than 8,000 characters', async () => {
  const tenant = await server.newTenant(undefined, { users: 0 });
  const began = new Date();
  for (let n = 0; n < 30; n += 1) await scim(tenant, 'GET', `/Users/${'x'.repeat(2000)}${n}`);

  const lines = await trafficLines(server, tenant, began);

  assert.equal(lines[1], 'the latest of 30:');
  assert.equal(lines.filter((it) => /^#\d+ 404 GET /.test(it)).length, 20);
  assert.ok(lines.join('\n').length < 8000);
});

test('after a reset the traffic since then is shown', async () => {
  const tenant = await server.newTenant(undefined, { users: 0 });
  for (let n = 0; n < 25; n += 1) await scim(tenant, 'GET', '/Users');
  await tenant.reset();
  await scim(tenant, 'GET', '/Groups');

  const lines = await trafficLines(server, tenant, new Date());

  assert.deepEqual(
    lines.filter((it) => it.startsWith('#')).map((it) => it.split('/').at(-1)),
    ['Groups'],
  );
});

test('a tenant without traffic, or without a server, is said', async () => {
  const tenant = await server.newTenant(undefined, { users: 0 });
  assert.deepEqual((await trafficLines(server, tenant, new Date())).slice(1), ['no request reached the tenant']);

  await server.stop();
  assert.match(
    (await trafficLines(server, tenant, new Date())).join(),
    /^the traffic of \w+ is not known: GET .* no answer/,
  );
});
