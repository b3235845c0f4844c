// Faults, limits, the clock, sign-ins and the provisioning job of a tenant.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mediusflow } from 'mediusflow-mock/node-test';

import { scim } from './harness.mjs';

const mock = mediusflow({ users: 0, groups: 0 });

test('faults and limits spoil answers', async (t) => {
  const tenant = await mock.tenant(t);
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
  await assert.rejects(tenant.faults.failNext('user.list', { status: 7 }), {
    name: 'ApiError',
    field: 'action.status',
  });
});

test('the clock stands, moves and runs', async (t) => {
  const { clock } = await mock.tenant(t);
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
  const tenant = await mock.tenant(t);
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
  const tenant = await mock.tenant(t);
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
  await tenant.entra.change([
    { change: 'setAttribute', object: 'ada@contoso.com', attribute: 'displayName', value: 'Ada Berg' },
  ]);
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
