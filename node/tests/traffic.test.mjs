// What a test asks of a tenant's traffic.

import assert, { AssertionError } from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError, MediusflowError, ServerGoneError, VerificationError, WaitTimeoutError } from 'mediusflow-mock';
import { mediusflow } from 'mediusflow-mock/node-test';

import { scim, user } from './harness.mjs';

const mock = mediusflow({ users: 0, groups: 0 });

test('traffic is read, waited for and verified', async (t) => {
  const tenant = await mock.tenant(t);
  const cursor = await tenant.cursor();
  const waiting = tenant.waitFor('op:create user:anna@contoso.com', { timeout: 60_000 });
  assert.equal((await scim(tenant, 'POST', '/Users', user('anna@contoso.com'))).status, 201);

  const [exchange] = await waiting;
  assert.deepEqual([exchange.method, exchange.status, exchange.subject.name], ['POST', 201, 'anna@contoso.com']);
  assert.match((await tenant.exchange(exchange.seq)).request.body, /"userName":"anna@contoso.com"/);
  assert.deepEqual(
    (await tenant.traffic('status:201', { since: cursor })).map((it) => it.seq),
    [exchange.seq],
  );
  assert.deepEqual(await tenant.traffic('', { limit: 0 }), []);
  await tenant.verify('op:create', { count: 1, noOthers: true, since: cursor });
  await tenant.verify('op:delete', { count: 0, lasting: 20 });
  await tenant.verify(undefined, { order: ['op:create'], within: '1s' });
  await tenant.waitIdle({ quiet: 1 });
  assert.equal(await tenant.waitForUsers('userName sw "anna"', { exactly: 1 }), 1);
  assert.equal(await tenant.waitForGroups('displayName pr', { exactly: 0 }), 0);
});

test('all traffic is read, page by page', async (t) => {
  const tenant = await mock.tenant(t);
  const send = async (times) => {
    for (let n = 0; n < times; n += 1) await scim(tenant, 'GET', '/Users?count=0');
  };
  await Promise.all([...Array(10).fill(100), 1].map(send));

  assert.deepEqual(
    (await tenant.traffic()).map((it) => it.seq),
    Array.from({ length: 1001 }, (_, n) => n + 1),
  );
  assert.equal((await tenant.traffic('op:list', { limit: 1000 })).length, 1000);
});

test('an assertion that is not met is an AssertionError with the words of the server', async (t) => {
  const tenant = await mock.tenant(t);
  await scim(tenant, 'POST', '/Users', user('anna@contoso.com'));

  await assert.rejects(tenant.verify('op:create user:bo@contoso.com', { count: 1 }), (error) => {
    for (const kind of [VerificationError, ApiError, MediusflowError, AssertionError]) assert.ok(error instanceof kind);
    for (const kind of [WaitTimeoutError, ServerGoneError]) assert.ok(!(error instanceof kind));
    assert.deepEqual([error.name, error.status, error.code], ['VerificationError', 422, 'verification-failed']);
    assert.match(error.message, /expected 1 exchange .*, found none of 1\n.*nearest: #1 CREATE user anna@contoso.com/);
    assert.match(error.stack, /^VerificationError: expected 1 exchange[^]*traffic\.test\.mjs/);
    assert.equal(error.actual, 'none of 1');
    return true;
  });
  await assert.rejects(tenant.waitFor('op:delete', { timeout: 1 }), (error) => {
    assert.ok(error instanceof WaitTimeoutError && error instanceof AssertionError);
    assert.deepEqual([error.name, error.status], ['WaitTimeoutError', 408]);
    assert.match(error.message, /has not happened within 1 ms[^]*nearest: #1/);
    return true;
  });
  await assert.rejects(tenant.waitFor('op:create', { exactly: 0 }), { name: 'VerificationError' });
});

test('a question that makes no sense is refused with a hint', async (t) => {
  const server = await mock.server();
  const tenant = await mock.tenant(t);

  await assert.rejects(tenant.verify(), { name: 'ApiError', code: 'empty-assertion' });
  await assert.rejects(tenant.traffic('opp:create'), { name: 'ApiError', status: 400, message: /op/ });
  await assert.rejects(tenant.waitFor('op:create', { cont: 1 }), { name: 'ApiError', status: 400, message: /count/ });
  await assert.rejects(tenant.waitFor('op:create', { timeout: NaN }), { name: 'RangeError' });
  await assert.rejects(server.newTenant(undefined, { user: 3 }), { name: 'ApiError', message: /users/ });
});

test('what a strict server would refuse is a report and an assertion', async (t) => {
  const tenant = await mock.tenant(t);
  await tenant.verifyNoFindings();
  await scim(tenant, 'POST', '/Users', { ...user('anna@contoso.com'), active: 'True' });

  assert.equal((await tenant.report()).findings.length, 1);
  await assert.rejects(tenant.verifyNoFindings(), {
    name: 'VerificationError',
    message: /would refuse:\n.*RFC 7643.*\ncurl /,
  });
  await tenant.verifyNoFindings({ sender: 'somebody else' });
});

test('requests to no tenant are found', async () => {
  const server = await mock.server();
  await fetch(`${server.url}/Nowhere/scim/v2/Users`);

  assert.equal((await server.unrouted()).at(-1).target, '/Nowhere/scim/v2/Users');
});
