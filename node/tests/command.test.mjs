// The command `mediusflow-mock` that npm installs, and what is said where the program is missing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { program } from 'mediusflow-mock';

import { COMMAND, PROJECT, connection, firstLine, folderOf, launch, run, shellProgram } from './harness.mjs';

const SERVE = ['serve', '--port', '0', '--log-format', 'json', '--log-level', 'off'];

test('npx runs the program, with its output and its exit code', async (t) => {
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'node_modules/mediusflow-mock/package.json'), 'utf8'));

  const answer = await run(t, 'npx', ['--no-install', 'mediusflow-mock', '--version']);
  assert.deepEqual([answer.code, answer.stdout], [0, `mediusflow-mock ${version}\n`]);

  const wrong = await run(t, COMMAND, ['serve', '--prt', '1']);
  assert.deepEqual([wrong.code, /--prt/.test(wrong.stderr)], [2, true]);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  test(`${signal} goes to the program`, async (t) => {
    const command = launch(t, COMMAND, SERVE, { stdio: ['ignore', 'pipe', 'ignore'] });
    const direct = launch(t, program(), SERVE, { stdio: ['ignore', 'pipe', 'ignore'] });
    const { gone } = await connection((await firstLine(command)).url);
    await firstLine(direct);

    const ends = Promise.all([once(command, 'exit'), once(direct, 'exit')]);

    command.kill(signal);
    direct.kill(signal);

    const [byCommand, byItself] = await ends;
    assert.deepEqual(byCommand, byItself);
    await gone;
  });
}

test('Ctrl-C reaches the program once, because its second one would not wait', async (t) => {
  // Each interruption ends a `read`.
  const counting = `trap 'echo interrupted' INT; echo '"ready"'; for n in 1 2 3; do read line && break; done`;
  const env = { ...process.env, MEDIUSFLOW_MOCK_PROGRAM: shellProgram(t, counting) };
  const terminal = launch(t, 'python3', ['-c', 'import pty, sys; pty.spawn(sys.argv[1:])', COMMAND], { env });
  const said = [];
  const lines = createInterface({ input: terminal.stdout }).on('line', (line) => said.push(line));
  await once(lines, 'line');

  terminal.stdin.write('\x03');
  await once(lines, 'line');
  terminal.stdin.write('\n');
  await once(lines, 'close');

  assert.equal(said.join().match(/interrupted/g).length, 1);
});

test('the command dies by the signal that ended the program', async (t) => {
  const command = launch(t, COMMAND, SERVE, { stdio: ['ignore', 'pipe', 'ignore'] });
  process.kill((await firstLine(command)).pid, 'SIGKILL');

  assert.deepEqual(await once(command, 'exit'), [null, 'SIGKILL']);
});

/** The module without the packages of the platforms, in a folder of its own. */
function alone(t) {
  const folder = join(folderOf(t), 'node_modules');
  cpSync(join(PROJECT, 'node_modules/mediusflow-mock'), join(folder, 'mediusflow-mock'), { recursive: true });
  return folder;
}

/** Runs the command of a `node_modules`, optionally on what node takes for another platform. */
function commandOf(t, folder, { platform, ...env } = {}) {
  const there = platform && `Object.defineProperty(process, 'platform', { value: '${platform}' })`;
  const flags = there ? ['--import', `data:text/javascript,${encodeURIComponent(there)}`] : [];
  const options = { env: { ...process.env, MEDIUSFLOW_MOCK_PROGRAM: '', ...env } };
  return run(
    t,
    process.execPath,
    [...flags, join(folder, 'mediusflow-mock/bin/mediusflow-mock.js'), '--version'],
    options,
  );
}

test('npm leaves the program out with --omit=optional, and the command says how to get it', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'package.json'), '{}');
  const tarball = process.env.MEDIUSFLOW_MOCK_TARBALL;
  const install = ['install', '--omit=optional', '--no-audit', '--no-fund', tarball];
  assert.equal((await run(t, 'npm', install, { cwd: folder })).code, 0);

  const { code, stderr } = await commandOf(t, join(folder, 'node_modules'));

  assert.equal(code, 1);
  const name = `@mediusflow-mock/${process.platform}-${process.arch}`;
  assert.match(stderr, new RegExp(`^mediusflow-mock: ${name}, .* is not installed.\n.*--omit=optional`));
  assert.match(
    stderr,
    new RegExp(`\n  npm install --no-save --include=optional ${name}@\\d.*\n.*MEDIUSFLOW_MOCK_PROGRAM`),
  );
});

test('the program can be named where there is no package', async (t) => {
  const { code, stdout } = await commandOf(t, alone(t), { MEDIUSFLOW_MOCK_PROGRAM: program() });

  assert.deepEqual([code, stdout.split(' ')[0]], [0, 'mediusflow-mock']);
});

test('a platform without a package is said, with those that have one', async (t) => {
  const { code, stderr } = await commandOf(t, alone(t), { platform: 'sunos' });

  assert.equal(code, 1);
  assert.match(
    stderr,
    /no package with the program for sunos-\w+, only for: linux-x64, .*win32-x64\.\n.*MEDIUSFLOW_MOCK_PROGRAM/,
  );
});

test('a program of another version is refused, in the command and in the module', async (t) => {
  const folder = alone(t);
  const name = `@mediusflow-mock/${process.platform}-${process.arch}`;
  const there = join(folder, name, 'package.json');
  cpSync(join(PROJECT, 'node_modules', name, 'package.json'), there);
  writeFileSync(there, JSON.stringify({ ...JSON.parse(readFileSync(there, 'utf8')), version: '0.0.1' }));

  assert.match((await commandOf(t, folder)).stderr, /has version 0\.0\.1, and mediusflow-mock has version/);
  const { start } = await import(pathToFileURL(join(folder, 'mediusflow-mock/index.js')));
  await assert.rejects(start(), { name: 'ProgramError', program: name });
});
