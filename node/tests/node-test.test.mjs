// The helper for node:test, in runs of node's own runner.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from './harness.mjs';

/** Runs a file as `node --test` does. The variable tells a runner that another one started it. */
async function nodeTest(t, file) {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  return run(t, process.execPath, ['--test', '--test-reporter=tap', `tests/samples/${file}`], { env });
}

/** The lines of a report from the result of one test to that of the next, without their indentation. */
function partOf(report, test) {
  const lines = report.split('\n').map((it) => it.trim());
  const from = lines.findIndex((it) => it.startsWith('not ok') && it.endsWith(` - ${test}`));
  const part = lines.slice(from + 1);
  return part.slice(
    0,
    part.findIndex((it) => /^(not )?ok |^# Subtest|^1\.\./.test(it)),
  );
}

function namesOf(report) {
  return JSON.parse(report.match(/\{"names":.*\}/)[0].replaceAll('\\#', '#')).names;
}

test('each test has a tenant, and the report of one that fails has its traffic', async (t) => {
  const { code, stdout } = await nodeTest(t, 'tenants.test.mjs');

  assert.equal(code, 1);
  assert.match(stdout, /\n# pass 9\n# fail 2\n/);
  const traffic = partOf(stdout, 'fails').filter((it) => it.startsWith('# '));
  assert.match(traffic[0], /^# MediusFlow traffic of Fails[0-9a-f]{8}:$/);
  assert.match(traffic[1], /^# \\#1 201 POST \S+\/users$/);
  assert.match(traffic[2], /^# +CREATE user user2@contoso\.com/);
  assert.match(traffic[3], /^# 404 GET \/Fails\/scim\/v2\/Users reached no tenant/);
  assert.equal(stdout.match(/# MediusFlow traffic of/g).length, 3, 'only of the tests that failed');
});

test('the names of tenants are those of tests, and the same in every run', async (t) => {
  const [first, second] = [await nodeTest(t, 'tenants.test.mjs'), await nodeTest(t, 'tenants.test.mjs')];

  const names = namesOf(first.stdout);
  assert.deepEqual(names.toSorted(), namesOf(second.stdout).toSorted());
  assert.match(names[0], /^Passes[0-9a-f]{8}$/);
  assert.match(names[4], /^QuotesTags[0-9a-f]{8}$/);
});

test('a server that does not start is said by each test', async (t) => {
  const { code, stdout } = await nodeTest(t, 'no-server.test.mjs');

  assert.equal(code, 1);
  assert.match(stdout, /\n# fail 2\n/);
  assert.equal(stdout.match(/the server ended with 2 before it was ready:/g).length, 2);
});
