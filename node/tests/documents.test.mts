// The documents have the members that their types promise. tsc holds the lists here to the types, and the tests
// hold the answers of the server to the lists.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type * as mock from 'mediusflow-mock';
import { mediusflow } from 'mediusflow-mock/node-test';

/** The names of the members that a type has always. */
type Always<T> = keyof { [K in keyof T as string extends K ? never : {} extends Pick<T, K> ? never : K]: true };

/** Asserts that a document has all members that its type has always. */
function fits<T extends object>(document: T | null | undefined, members: Record<Always<T>, true>): void {
  assert.ok(document);
  assert.deepEqual(
    Object.keys(members).filter((it) => !(it in document)),
    [],
  );
}

// prettier-ignore
const EXCHANGE = {
  seq: true, at: true, durationMs: true, from: true, method: true, target: true, status: true, operation: true,
  summary: true, auth: true, subject: true, effects: true, findings: true, problem: true, fault: true,
} as const;

const FULL_EXCHANGE = { ...EXCHANGE, request: true, response: true } as const;

// prettier-ignore
const SIGN_IN_DECISION = {
  allowed: true, result: true, reason: true, option: true, nameIdentifier: true, user: true, seq: true, rev: true,
} as const;

// prettier-ignore
const JOB_STATUS = {
  job: true, cycles: true, quarantine: true, running: true, started: true, nextCycle: true, objects: true,
  escrows: true, day: true, configurationFilters: true, settings: true,
} as const;

const FAULT_RULE = { id: true, action: true, phase: true, matched: true, fired: true } as const;

const mocks = mediusflow({ users: 0, groups: 0 });

/** Sends a request with two deviations from SCIM, as Entra does. */
async function createAda(tenant: mock.Tenant): Promise<void> {
  await fetch(`${tenant.scimUrl}/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant.secretKey}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'ada@contoso.com',
      active: 'True',
    }),
  });
}

test('a tenant and its resources', async (t) => {
  const tenant = await mocks.tenant(t, { users: 1 });

  // prettier-ignore
  fits<mock.TenantDetails>(await tenant.details(), {
    tenant: true, scimUrl: true, adminUrl: true, controlUrl: true, environment: true, secretKey: true,
    openSteps: true, profile: true, seed: true, users: true, groups: true, running: true, waiters: true,
    seq: true, rev: true,
  });
  fits<mock.Resource>((await tenant.users())[0], { id: true, schemas: true });
});

test('exchanges', async (t) => {
  const tenant = await mocks.tenant(t);
  await createAda(tenant);
  await fetch(`${(await mocks.server()).url}/Nowhere/scim/v2/Users`);
  const [exchange] = await tenant.traffic();

  fits<mock.Exchange>(exchange, EXCHANGE);
  fits<mock.Effect>(exchange?.effects[0], { kind: true, subject: true, changes: true });
  fits<mock.Subject>(exchange?.subject, { kind: true, id: true, name: true });
  const full = await tenant.exchange(1);
  fits<mock.FullExchange>(full, FULL_EXCHANGE);
  fits<mock.Message>(full.request, { headers: true, body: true, size: true, cut: true });
  fits<mock.UnroutedExchange>((await (await mocks.server()).unrouted())[0], { ...FULL_EXCHANGE, guess: true });
});

test('a report', async (t) => {
  const tenant = await mocks.tenant(t);
  await createAda(tenant);
  const report = await tenant.report();

  // prettier-ignore
  fits<mock.Report>(report, {
    findings: true, read: true, unread: true, missed: true, refused: true, seq: true, rev: true,
  });
  // prettier-ignore
  fits<mock.Finding>(report.findings[0], {
    rule: true, section: true, what: true, instead: true, form: true, sentBy: true, count: true, at: true,
    first: true,
  });
});

test('sign-ins', async (t) => {
  const tenant = await mocks.tenant(t);
  fits<mock.SignInDecision>(await tenant.signInDecision('ada@contoso.com'), SIGN_IN_DECISION);
  await createAda(tenant);

  fits<mock.SignInDecision>(await tenant.signInDecision('ada@contoso.com'), SIGN_IN_DECISION);
  const signedIn = await tenant.signIn('ada@contoso.com');
  fits<mock.SignedIn>(signedIn, { session: true, claims: true, view: true });
  fits<mock.SessionCookie>(signedIn.session, { cookie: true });
  fits<mock.Session>((await tenant.signIns())[0], { kind: true, user: true, option: true, began: true, expires: true });
  // prettier-ignore
  fits<mock.SignInHistory>(await tenant.verifySignIns('ada@contoso.com', ['notProvisioned', 'works']), {
    sequence: true, items: true, complete: true, seq: true,
  });
});

test('faults, limits and the clock', async (t) => {
  const { faults, limits, clock } = await mocks.tenant(t);

  fits<mock.FaultRule>(await faults.failNext('user.create'), FAULT_RULE);
  fits<mock.FaultRule>((await faults.rules())[0], FAULT_RULE);
  fits<mock.Preset>((await faults.presets())[0], { name: true, about: true, rules: true, limits: true });
  fits<mock.Limits>(await limits.set({ tenant: { rate: 5 } }), { refused: true, retriedEarly: true });
  fits<mock.Clock>(await clock.setting(), { mode: true, now: true, serverNow: true });
});

test("Entra's side", async (t) => {
  const { entra } = await mocks.tenant(t);
  const status = await entra.setup({ directory: { generate: { users: 2, groups: 1 } } });
  const cycle = await entra.cycle();
  const [object] = await entra.directory();

  fits<mock.JobStatus>(status, JOB_STATUS);
  fits<mock.JobStatus>(await entra.status(), JOB_STATUS);
  // prettier-ignore
  fits<mock.Cycle>(cycle, {
    activityIdentifier: true, kind: true, began: true, ended: true, good: true, outcome: true, reason: true,
    state: true, counts: true,
  });
  fits<mock.DirectoryObject>(object, { objectId: true, kind: true, state: true, attributes: true, roles: true });
  // prettier-ignore
  fits<mock.ProvisioningLog>((await entra.logs())[0], {
    id: true, activityDateTime: true, cycleId: true, provisioningAction: true, provisioningStatusInfo: true,
    provisioningSteps: true, modifiedProperties: true, sourceIdentity: true, targetIdentity: true,
  });
  // prettier-ignore
  fits<mock.OnDemand>(await entra.onDemand(object?.objectId ?? ''), {
    result: true, steps: true, members: true, logs: true,
  });
});
