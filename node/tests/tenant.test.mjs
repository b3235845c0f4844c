// What a test asks of a tenant.

import assert, { AssertionError } from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ApiError, MediusflowError, ServerGoneError, VerificationError, WaitTimeoutError, start } from 'mediusflow-mock';

import { scim, user } from './harness.mjs';

let server;
before(async () => {
  server = await start({ users: 0, groups: 0 });
});
after(() => server?.stop());

async function tenantOf(t, options) {
  const tenant = await server.newTenant(undefined, { users: 0, groups: 0, ...options });
  t.after(() => tenant.delete());
  return tenant;
}

test('tenants are made, found, listed and deleted', async () => {
  const made = await server.newTenant('ShopQA', { users: 2, groups: 1, timeToLive: '1h' });
  const found = await server.tenant('ShopQA');

  assert.deepEqual({ ...found }, { ...made });
  assert.equal(made.url, `${server.url}/ShopQA/`);
  assert.equal(made.authority, `${server.url}/ShopQA/entra`);
  assert.ok((await server.tenants()).includes('ShopQA'));
  assert.equal((await made.users()).length, 2);

  const copy = await server.newTenant('CopyQA', { source: { tenant: 'ShopQA' } });
  assert.deepEqual((await copy.users()).map((it) => it.userName), (await made.users()).map((it) => it.userName));

  await copy.delete();
  await made[Symbol.asyncDispose]();
  await made.delete(); // is gone already
  assert.deepEqual((await server.tenants()).filter((it) => /Shop|Copy/.test(it)), []);
  await assert.rejects(made.users(), { name: 'ApiError', code: 'unknown-tenant', status: 404 });
});

test('names that are no tenant names are refused', async () => {
  for (const name of ['a b', 'ä', 'x'.repeat(64), '']) {
    await assert.rejects(server.newTenant(name), { name: 'ApiError', status: 400, field: 'name' });
  }
  await assert.rejects(server.newTenant('admin'), { code: 'reserved-name' });
  await assert.rejects(server.newTenant('NordlysQA'), { code: 'tenant-exists', message: /already\nleave the name out/ });
  for (const name of ['', '.', '..', 7]) await assert.rejects(server.tenant(name), { name: 'TypeError' });
});

test('users and groups are edited by name or id', async (t) => {
  const tenant = await tenantOf(t);
  const anna = await tenant.newUser({ userName: 'anna@contoso.com' });
  const group = await tenant.newGroup({ displayName: 'Finance "SE"', members: [{ value: anna.id }] });

  await tenant.changeUser('anna@contoso.com', [{ op: 'replace', path: 'active', value: false }]);
  assert.equal((await tenant.user(anna.id)).active, false);
  assert.equal((await tenant.group('Finance "SE"')).id, group.id);
  assert.deepEqual((await tenant.users('active eq false')).map((it) => it.id), [anna.id]);

  await tenant.deleteUser(anna.id);
  await tenant.changeGroup(group.id, [{ op: 'add', path: 'externalId', value: '7' }]);
  assert.equal((await tenant.groups('externalId eq "7"')).length, 1);
  await tenant.deleteGroup('Finance "SE"');
  assert.deepEqual([await tenant.user('anna@contoso.com'), await tenant.groups()], [null, []]);
});

test('a name of nobody changes nothing', async (t) => {
  const tenant = await tenantOf(t);
  await assert.rejects(tenant.deleteUser('bo@contoso.com'), { name: 'ApiError', code: 'unknown-resource' });
  await assert.rejects(tenant.changeGroup('Sales', []), { name: 'ApiError', code: 'unknown-resource' });

  // In an address it would be left out, and so mean the tenant.
  await assert.rejects(tenant.deleteUser('..'), { name: 'TypeError', message: '".." is no name or id' });
  assert.equal((await tenant.details()).tenant, tenant.name);
});

test('all users are listed, page by page', async (t) => {
  const tenant = await tenantOf(t, { users: 1001 });

  assert.equal(new Set((await tenant.users()).map((it) => it.id)).size, 1001);
});

test('a reset, snapshots and documents put a state in place', async (t) => {
  const tenant = await tenantOf(t);
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

test('traffic is read, waited for and verified', async (t) => {
  const tenant = await tenantOf(t);
  const cursor = await tenant.cursor();
  const waiting = tenant.waitFor('op:create user:anna@contoso.com', { timeout: 60_000 });
  assert.equal((await scim(tenant, 'POST', '/Users', user('anna@contoso.com'))).status, 201);

  const [exchange] = await waiting;
  assert.deepEqual([exchange.method, exchange.status, exchange.subject.name], ['POST', 201, 'anna@contoso.com']);
  assert.match((await tenant.exchange(exchange.seq)).request.body, /"userName":"anna@contoso.com"/);
  assert.deepEqual((await tenant.traffic('status:201', { since: cursor })).map((it) => it.seq), [exchange.seq]);
  assert.deepEqual(await tenant.traffic('', { limit: 0 }), []);
  await tenant.verify('op:create', { count: 1, noOthers: true, since: cursor });
  await tenant.verify('op:delete', { count: 0, lasting: 20 });
  await tenant.verify(undefined, { order: ['op:create'], within: '1s' });
  await tenant.waitIdle({ quiet: 1 });
  assert.equal(await tenant.waitForUsers('userName sw "anna"', { exactly: 1 }), 1);
  assert.equal(await tenant.waitForGroups('displayName pr', { exactly: 0 }), 0);
});

test('all traffic is read, page by page', async (t) => {
  const tenant = await tenantOf(t);
  for (let n = 0; n < 1001; n += 1) await scim(tenant, 'GET', '/Users?count=0');

  assert.deepEqual((await tenant.traffic()).map((it) => it.seq), Array.from({ length: 1001 }, (_, n) => n + 1));
  assert.equal((await tenant.traffic('op:list', { limit: 1000 })).length, 1000);
});

test('an assertion that is not met is an AssertionError with the words of the server', async (t) => {
  const tenant = await tenantOf(t);
  await scim(tenant, 'POST', '/Users', user('anna@contoso.com'));

  await assert.rejects(tenant.verify('op:create user:bo@contoso.com', { count: 1 }), (error) => {
    for (const kind of [VerificationError, ApiError, MediusflowError, AssertionError]) assert.ok(error instanceof kind);
    for (const kind of [WaitTimeoutError, ServerGoneError]) assert.ok(!(error instanceof kind));
    assert.deepEqual([error.name, error.status, error.code], ['VerificationError', 422, 'verification-failed']);
    assert.match(error.message, /expected 1 exchange .*, found none of 1\n.*nearest: #1 CREATE user anna@contoso.com/);
    assert.match(error.stack, /^VerificationError: expected 1 exchange[^]*tenant\.test\.mjs/);
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
  const tenant = await tenantOf(t);

  await assert.rejects(tenant.verify(), { name: 'ApiError', code: 'empty-assertion' });
  await assert.rejects(tenant.traffic('opp:create'), { name: 'ApiError', status: 400, message: /op/ });
  await assert.rejects(tenant.waitFor('op:create', { cont: 1 }), { name: 'ApiError', status: 400, message: /count/ });
  await assert.rejects(tenant.waitFor('op:create', { timeout: NaN }), { name: 'RangeError' });
  await assert.rejects(server.newTenant(undefined, { user: 3 }), { name: 'ApiError', message: /users/ });
});

test('what a strict server would refuse is a report and an assertion', async (t) => {
  const tenant = await tenantOf(t);
  await tenant.verifyNoFindings();
  await scim(tenant, 'POST', '/Users', { ...user('anna@contoso.com'), active: 'True' });

  assert.equal((await tenant.report()).findings.length, 1);
  await assert.rejects(tenant.verifyNoFindings(), { name: 'VerificationError', message: /would refuse:\n.*RFC 7643.*\ncurl / });
  await tenant.verifyNoFindings({ sender: 'somebody else' });
});

test('requests to no tenant are found', async () => {
  await fetch(`${server.url}/Nowhere/scim/v2/Users`);

  assert.equal((await server.unrouted()).at(-1).target, '/Nowhere/scim/v2/Users');
});

test('other calls can be made', async (t) => {
  const tenant = await tenantOf(t);

  assert.ok((await tenant.call('GET', 'companies')).total > 0);
  await scim(tenant, 'GET', '/Users');
  assert.match(await tenant.call('GET', 'requests/export', undefined, { query: { format: 'jsonl' } }), /^{.*"seq":1,.*}\n$/);
  assert.equal(await tenant.call('DELETE', 'sign-in'), undefined);
  assert.equal((await server.call('GET', 'tenants')).total, (await server.tenants()).length);
});

test('faults and limits spoil answers', async (t) => {
  const tenant = await tenantOf(t);
  const list = async () => (await scim(tenant, 'GET', '/Users')).status;

  await tenant.faults.failNext('user.list', { times: 2 });
  assert.deepEqual([await list(), await list(), await list()], [503, 503, 200]);

  const rule = await tenant.faults.add({ status: 500 }, { match: { operation: 'user.list' }, id: 'broken' });
  assert.deepEqual([rule.id, await list()], ['broken', 500]);
  assert.deepEqual((await tenant.faults.rules()).map((it) => [it.id, it.fired]).at(-1), ['broken', 1]);
  await tenant.faults.remove('broken');
  await tenant.faults.preset('expired-key');
  assert.equal(await list(), 401);
  assert.ok((await tenant.faults.presets()).some((it) => it.name === 'flaky'));
  assert.equal(await tenant.faults.clear(), 2);

  await tenant.limits.set({ operations: { 'user.list': { rate: 1, per: '1h' } } });
  assert.deepEqual([await list(), await list(), (await tenant.limits.get()).refused], [200, 429, 1]);
  await tenant.limits.clear();
  assert.equal(await list(), 200);
  await assert.rejects(tenant.faults.failNext('user.list', { status: 7 }), { name: 'ApiError', field: 'action.status' });
});

test('the clock stands, moves and runs', async (t) => {
  const { clock } = await tenantOf(t);
  const time = new Date('2030-01-01T00:00:00Z');

  assert.deepEqual(await clock.freeze(time), time);
  assert.deepEqual(await clock.advance(60_000), new Date('2030-01-01T00:01:00Z'));
  assert.deepEqual(await clock.advance('1d'), new Date('2030-01-02T00:01:00Z'));
  assert.deepEqual(await clock.now(), new Date('2030-01-02T00:01:00Z'));
  assert.ok((await clock.scale(2, { start: time })) >= time);
  await clock.offset(-3_600_000);
  assert.equal((await clock.setting()).mode, 'offset');
  assert.ok((await clock.now()) < new Date(Date.parse((await clock.setting()).serverNow) - 3_500_000));
  await clock.real();
  assert.equal((await clock.setting()).mode, 'real');
});

test('a sign-in is decided, done and followed over time', async (t) => {
  const tenant = await tenantOf(t);
  assert.equal((await tenant.signInDecision('ada@contoso.com')).result, 'notProvisioned');
  await tenant.newUser({ userName: 'ada@contoso.com' });
  assert.equal(await tenant.canSignIn('ada@contoso.com'), true);

  const { session, claims } = await tenant.signIn('ada@contoso.com');
  assert.equal(claims.preferred_username, 'ada@contoso.com');
  const page = await fetch(tenant.url, { headers: { cookie: session.cookie, accept: 'text/html' } });
  assert.match(await page.text(), /ada@contoso\.com/);
  assert.equal((await tenant.signIns()).length, 1);
  assert.equal(await tenant.signOutAll(), 1);

  const disabled = tenant.waitForSignIn('ada@contoso.com', 'disabled', { timeout: '60s' });
  await tenant.changeUser('ada@contoso.com', [{ op: 'replace', path: 'active', value: false }]);
  assert.equal((await disabled).allowed, false);
  await tenant.verifySignIns('ada@contoso.com', ['notProvisioned', 'works', 'disabled']);
  await assert.rejects(tenant.verifySignIns('ada@contoso.com', ['works']), { name: 'VerificationError' });
  await assert.rejects(tenant.signIn('ada@contoso.com'), (error) => {
    assert.deepEqual([error.name, error.code, error.problem.reason.code], ['ApiError', 'sign-in-refused', 'disabled']);
    return true;
  });
  await tenant.pickAccount('ada@contoso.com', { times: 1 });
  await tenant.askAccount();
  await tenant.rotateKey({ grace: 0 });
});

test("Entra's job provisions, and its directory changes", async (t) => {
  const tenant = await tenantOf(t);
  await assert.rejects(tenant.entra.status(), { name: 'ApiError', code: 'no-job' });
  const objects = { users: [{ userPrincipalName: 'ada@contoso.com', displayName: 'Ada', assigned: true }] };
  await tenant.entra.setup({ directory: { objects } });
  await tenant.entra.testConnection();

  assert.equal((await tenant.entra.cycle()).counts.created, 1);
  await tenant.entra.disable('ada@contoso.com');
  await tenant.entra.cycle();
  await tenant.entra.enable('ada@contoso.com');
  await tenant.entra.cycle();
  await tenant.verifySignIns('ada@contoso.com', ['notProvisioned', 'works', 'disabled', 'works']);
  await tenant.entra.change([{ change: 'setAttribute', object: 'ada@contoso.com', attribute: 'displayName', value: 'Ada Berg' }]);
  assert.equal((await tenant.entra.onDemand('ada@contoso.com')).result, 'success');
  assert.equal((await tenant.user('ada@contoso.com')).displayName, 'Ada Berg');
  assert.equal((await tenant.entra.directory())[0].attributes.displayName, 'Ada Berg');
  assert.equal((await tenant.entra.logs({ action: 'create' })).length, 1);
  assert.deepEqual(await tenant.entra.mails(), []);
  await tenant.entra.remove('ada@contoso.com');
  await tenant.entra.week(1);
  await tenant.entra.restart();
  await tenant.entra.allowDeletions();
  assert.equal((await tenant.entra.start()).started, true);
  assert.equal((await tenant.entra.pause()).started, false);
  await tenant.entra.delete();
  await assert.rejects(tenant.entra.cycle(), { code: 'no-job' });
});
