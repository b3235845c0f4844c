// The examples of docs/node.md run.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { PROJECT, run } from './harness.mjs';

const page = readFileSync(join(PROJECT, 'node_modules/mediusflow-mock/README.md'), 'utf8');
const examples = new Map(
  [...page.matchAll(/<!-- file: (\S+) -->\n```js\n(.*?)^```$/gms)].map(([, name, text]) => [name, text]),
);

/** Writes an example where node finds the packages, and runs it. */
async function runExample(t, name, args) {
  const folder = mkdtempSync(join(PROJECT, 'example-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), examples.get(name));
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, TESTS: folder, RESULTS: join(folder, 'results') };
  return run(t, process.execPath, args(join(folder, name)), { env });
}

test('the page has the examples that are run here', () => {
  assert.deepEqual([...examples.keys()], ['provisioning.test.mjs', 'sign-in.spec.mjs', 'provision.mjs']);
});

test('the tests of node:test pass', async (t) => {
  const { code, stdout } = await runExample(t, 'provisioning.test.mjs', (file) => [
    '--test',
    '--test-reporter=tap',
    file,
  ]);

  assert.match(stdout, /\n# pass 3\n# fail 0\n/);
  assert.equal(code, 0);
});

test('the test of Playwright passes', async (t) => {
  const { code, stdout } = await runExample(t, 'sign-in.spec.mjs', () => [
    'node_modules/@playwright/test/cli.js',
    'test',
    '--config',
    'tests/samples/playwright.config.mjs',
  ]);

  assert.equal(JSON.parse(stdout).stats.expected, 1);
  assert.equal(code, 0);
});

test('the script runs', async (t) => {
  const { code, stdout, stderr } = await runExample(t, 'provision.mjs', (file) => [file]);

  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /expected at least 1 exchange matching op:delete/);
});
