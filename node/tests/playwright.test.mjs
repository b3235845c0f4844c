// The fixtures for Playwright, in runs of its own runner and with a real browser.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { folderOf, run } from './harness.mjs';

async function playwright(t, env) {
  const args = ['node_modules/@playwright/test/cli.js', 'test', '--config', 'tests/samples/playwright.config.mjs'];
  const { stdout, stderr } = await run(t, process.execPath, args, {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, RESULTS: folderOf(t), ...env },
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

/** The tests of a report by title, those in suites included. */
function testsOf({ suites }) {
  return suites.flatMap((it) => [
    ...it.specs.map((spec) => [spec.title, spec.tests[0]]),
    ...testsOf({ suites: it.suites ?? [] }),
  ]);
}

const messageOf = ({ results }) => results[0].errors.map((it) => it.message).join('\n');
const trafficOf = (result) =>
  result.attachments
    .filter((it) => it.name === 'MediusFlow traffic')
    .map((it) => Buffer.from(it.body, 'base64').toString());

let tests;
before(async (t) => {
  tests = new Map(testsOf(await playwright(t, {})));
});

test('tests that should pass do, and the others fail', () => {
  const failed = [...tests].filter(([, it]) => it.status !== 'expected').map(([title]) => title);

  assert.deepEqual(failed.sort(), ['fails with the reason', 'fails with traffic', 'fails without somebody to sign in']);
  assert.equal(tests.size, 11);
});

test('the traffic is attached to a test that failed, and to no other', () => {
  const attached = [...tests].flatMap(([title, { results }]) => trafficOf(results[0]).map((text) => [title, text]));

  const traffic = Object.fromEntries(attached)['fails with traffic'];
  assert.match(
    traffic,
    /^MediusFlow traffic of FailsWithTraffic[0-9a-f]{8}:\n#1 201 POST .*\n +CREATE user bo@contoso/,
  );
  assert.match(messageOf(tests.get('fails with traffic')), /VerificationError: expected 1 exchange/);
  assert.deepEqual(
    attached.filter(([title]) => tests.get(title).status === 'expected'),
    [],
  );
});

test('who cannot be signed in is said', () => {
  assert.match(
    messageOf(tests.get('fails without somebody to sign in')),
    /test\.use\(\{ signInAs: 'ada@contoso\.com' \}\)/,
  );
  assert.match(messageOf(tests.get('fails with the reason')), /nobody@contoso\.com is not provisioned/);
});

test('a test that is tried again has the same tenant again', async (t) => {
  const again = new Map(testsOf(await playwright(t, { RETRIES: '1' })));

  const titles = again.get('fails with traffic').results.map((it) => trafficOf(it)[0].split('\n')[0]);
  assert.equal(titles.length, 2);
  assert.equal(new Set(titles).size, 1);
  assert.equal(trafficOf(tests.get('fails with traffic').results[0])[0].split('\n')[0], titles[0]);
});
