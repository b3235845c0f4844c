// The types are those of the modules: tsc finds a member that is missing here or there, and the tests find one
// that the modules do not have.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import * as mock from 'mediusflow-mock';
import { mediusflow, type Mediusflow } from 'mediusflow-mock/node-test';
import * as playwright from 'mediusflow-mock/playwright';

type Names<T> = Record<Extract<keyof T, string>, true>;

// prettier-ignore
const server: Names<mock.Server> = {
  url: true, scimUrl: true, controlUrl: true, secretKey: true, pid: true, seed: true, version: true, stderr: true,
  stop: true, tenant: true, newTenant: true, tenants: true, unrouted: true, call: true,
};

// prettier-ignore
const tenant: Names<mock.Tenant> = {
  name: true, url: true, scimUrl: true, adminUrl: true, controlUrl: true, authority: true, secretKey: true,
  faults: true, limits: true, clock: true, entra: true, call: true, details: true, delete: true,
  users: true, user: true, newUser: true, changeUser: true, deleteUser: true,
  groups: true, group: true, newGroup: true, changeGroup: true, deleteGroup: true,
  reset: true, takeSnapshot: true, restore: true, exportState: true, importState: true, digest: true,
  cursor: true, traffic: true, exchange: true, waitFor: true, waitIdle: true, waitForUsers: true,
  waitForGroups: true, verify: true, report: true, verifyNoFindings: true,
  canSignIn: true, signInDecision: true, signIn: true, verifySignIns: true, waitForSignIn: true,
  signIns: true, signOutAll: true, pickAccount: true, askAccount: true, rotateKey: true,
};

// prettier-ignore
const faults: Names<mock.Faults> = {
  add: true, failNext: true, preset: true, presets: true, rules: true, remove: true, clear: true,
};

// prettier-ignore
const limits: Names<mock.LimitSettings> = { get: true, set: true, clear: true };

// prettier-ignore
const clock: Names<mock.TenantClock> = {
  now: true, setting: true, advance: true, freeze: true, offset: true, scale: true, real: true,
};

// prettier-ignore
const entra: Names<mock.ProvisioningJob> = {
  setup: true, status: true, cycle: true, onDemand: true, testConnection: true, start: true, pause: true,
  restart: true, allowDeletions: true, delete: true, directory: true, change: true, disable: true, enable: true,
  remove: true, week: true, logs: true, mails: true,
};

// prettier-ignore
const apiError: Names<mock.ApiError> = {
  name: true, message: true, stack: true, cause: true, status: true, code: true, detail: true, hint: true,
  field: true, problem: true,
};

// prettier-ignore
const module: Names<typeof mock> = {
  start: true, program: true, Server: true, Tenant: true, MediusflowError: true, ProgramError: true,
  StartError: true, tenantName: true, ServerGoneError: true, ApiError: true, VerificationError: true, WaitTimeoutError: true,
};

// prettier-ignore
const fixtures: Names<playwright.MediusflowTestFixtures & playwright.MediusflowWorkerFixtures> = {
  mediusflowServer: true, mediusflowServerOptions: true, mediusflowTenant: true, mediusflowTenantOptions: true,
  signInAs: true, signedInContext: true, signedInPage: true,
};

/** All members of a value but those that start with `_`, its prototypes' included. */
function membersOf(value: object): string[] {
  const names = new Set<string>();
  for (let at = value; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].filter((it) => it !== 'constructor' && !it.startsWith('_')).sort();
}

const mocks: Mediusflow = mediusflow({ users: 0 });

test('each type has the members of its value', async (t: TestContext) => {
  const own = await mocks.tenant(t, { users: 1, timeToLive: '1h' });
  const pairs: [object, object][] = [
    [await mocks.server(), server],
    [own, tenant],
    [own.faults, faults],
    [own.limits, limits],
    [own.clock, clock],
    [own.entra, entra],
  ];

  for (const [value, type] of pairs) assert.deepEqual(membersOf(value), Object.keys(type).sort());
  assert.deepEqual(Object.keys(mock).sort(), Object.keys(module).sort());
  assert.deepEqual(Object.keys(playwright).sort(), ['expect', 'test']);
  assert.equal(Object.keys(fixtures).length, 7);
});

test('an error has the members of its type', async (t) => {
  const own = await mocks.tenant(t);

  const error = await own
    .user('a')
    .then(() => own.faults.remove('nothing'))
    .catch((it: unknown) => it);

  assert.ok(error instanceof mock.ApiError);
  assert.deepEqual(
    Object.keys(error).filter((it) => !(it in apiError)),
    [],
  );
  const code: string | undefined = error.code;
  assert.equal(code, 'unknown-fault');
});

// What is wrong is found by tsc, and none of this runs.
export async function wrong(own: mock.Tenant): Promise<void> {
  // @ts-expect-error an option that does not exist
  await mock.start({ user: 3 });
  // @ts-expect-error a result that does not exist
  await own.verifySignIns('ada@contoso.com', ['fine']);
  // @ts-expect-error a member that does not exist
  await own.faults.add({ stauts: 500 });
  // @ts-expect-error a constructor that is not for users
  new mock.Tenant();
  playwright.test.use({ signInAs: 'ada@contoso.com', mediusflowTenantOptions: { users: 1 } });
  playwright.test('typed', async ({ mediusflowTenant, signedInPage }) => {
    await signedInPage.goto(mediusflowTenant.url);
  });
}
