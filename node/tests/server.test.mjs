// How a server starts and ends, and what is said if it does not.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { ProgramError, ServerGoneError, StartError, program, start } from 'mediusflow-mock';

import { connection, firstLine, launch, shellProgram } from './harness.mjs';

async function started(t, options) {
  const server = await start(options);
  t.after(() => server.stop());
  return server;
}

test('a server is ready when it is there, on a port of its own, and stops with 0', async (t) => {
  const servers = await Promise.all([started(t), started(t)]);

  assert.notEqual(servers[0].url, servers[1].url);
  for (const server of servers) {
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
    assert.deepEqual([await server.stop(), await server.stop()], [0, 0]);
  }
});

test('options are flags of the server', async (t) => {
  const server = await started(t, {
    users: 3,
    groups: 1,
    seed: 7,
    tenant: 'ShopQA',
    profile: 'rfc',
    flags: ['--grace', '1ms'],
  });
  const tenant = await server.tenant();
  const details = await tenant.details();

  assert.deepEqual([server.seed, tenant.name], [7, 'ShopQA']);
  assert.deepEqual([details.users, details.groups, details.profile], [3, 1, 'rfc']);
  assert.equal(tenant.secretKey, server.secretKey);
});

test('a fresh server has no key', async (t) => {
  const server = await started(t, { fresh: true });

  assert.equal(server.secretKey, null);
  assert.equal((await (await server.tenant()).details()).openSteps.length, 11);
});

test('a server stops at the end of its scope', async () => {
  const server = await start();
  const { gone } = await connection(server.url);

  await server[Symbol.asyncDispose]();

  await gone;
});

test('node ends although `stop` was forgotten, and the server ends with it', async (t) => {
  const script = launch(t, process.execPath, ['tests/samples/start.mjs']);
  const { gone } = await connection((await firstLine(script)).url);

  script.stdin.end();

  assert.deepEqual(await once(script, 'exit'), [0, null]);
  await gone;
});

test('a server ends with a process that is killed', async (t) => {
  const script = launch(t, process.execPath, ['tests/samples/start.mjs']);
  const { gone } = await connection((await firstLine(script)).url);

  script.kill('SIGKILL');

  await gone;
});

test('a taken port is said, with who has it', async (t) => {
  const first = await started(t);
  const port = Number(new URL(first.url).port);

  await assert.rejects(start({ port }), (error) => {
    assert.ok(error instanceof StartError);
    assert.equal(error.exitCode, 10);
    assert.match(
      error.message,
      new RegExp(`ended with 10 .*:\n.*127.0.0.1:${port}.*mediusflow-mock, pid ${first.pid}`),
    );
    return true;
  });

  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  await assert.rejects(start({ port: other.address().port }), { exitCode: 10, name: 'StartError' });
});

test('a flag that does not exist is said by the program', async () => {
  await assert.rejects(start({ flags: ['--usrs', '3'] }), (error) => {
    assert.ok(error instanceof StartError);
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /--usrs/);
    return true;
  });
});

test('an option that does not exist is refused', async () => {
  await assert.rejects(start({ user: 3 }), { name: 'TypeError', message: /no option `user`; it has: .*\busers\b/ });
});

test('a program that is missing or cannot be run is named, with who named it', async (t) => {
  const locked = shellProgram(t, 'exit 0', 0o644);
  const text = shellProgram(t, 'exit 0');

  const refused = (path, message) =>
    assert.rejects(start({ program: path }), (error) => {
      assert.ok(error instanceof ProgramError);
      assert.equal(error.program, path);
      assert.match(error.message, message);
      return true;
    });
  await refused('/nowhere/mock', /no program \/nowhere\/mock, which the option `program` names/);
  await refused(locked, /not executable/);
  await assert.rejects(start({ program: text }), StartError);
});

test('the environment can name the program', async (t) => {
  const before = process.env.MEDIUSFLOW_MOCK_PROGRAM;
  t.after(() => {
    if (before === undefined) delete process.env.MEDIUSFLOW_MOCK_PROGRAM;
    else process.env.MEDIUSFLOW_MOCK_PROGRAM = before;
  });
  process.env.MEDIUSFLOW_MOCK_PROGRAM = '/nowhere/mock';

  assert.throws(program, { name: 'ProgramError', message: /\/nowhere\/mock, which MEDIUSFLOW_MOCK_PROGRAM names/ });
});

test('a program of another version, or another program, is refused', async (t) => {
  const ready = '{"url":"http://127.0.0.1:1","controlUrl":"http://127.0.0.1:1/_mock/v1","version":"9.9.9"}';
  const newer = shellProgram(t, `echo '${ready}'; exec cat`);
  const other = shellProgram(t, 'echo hello; exec cat');

  await assert.rejects(start({ program: newer }), {
    name: 'ProgramError',
    message: /version 9\.9\.9, and the npm package/,
  });
  await assert.rejects(start({ program: other }), {
    name: 'ProgramError',
    message: /no mediusflow-mock: it says hello/,
  });
});

test('a program that never gets ready is ended', async (t) => {
  const silent = shellProgram(t, 'echo thinking >&2; exec cat');

  await assert.rejects(start({ program: silent, timeout: 200 }), {
    name: 'StartError',
    message: /not ready within 200 ms/,
  });
});

test('a call after the end of the server says how it ended', async (t) => {
  const server = await started(t);
  process.kill(server.pid, 'SIGKILL');

  await assert.rejects(server.tenants(), (error) => {
    assert.ok(error instanceof ServerGoneError);
    assert.equal(error.exitCode, 'SIGKILL');
    assert.match(error.message, /^GET \/_mock\/v1\/tenants: no answer .*; it ended with SIGKILL/);
    return true;
  });
});

test('a server with a control token can be called', async (t) => {
  const server = await started(t, { flags: ['--control-token', 'a-token-of-this-test'] });

  assert.ok((await server.tenants()).includes('NordlysQA'));
  assert.equal((await fetch(`${server.controlUrl}/tenants`)).status, 401);
});

test('a public URL is for clients, and not for the calls of the module', async (t) => {
  const server = await started(t);
  await server.call('PATCH', 'config', { publicUrl: 'https://mock.example' });

  const tenant = await server.newTenant('ShopQA', { users: 2 });

  assert.equal(tenant.scimUrl, 'https://mock.example/ShopQA/scim/v2');
  assert.equal((await tenant.users()).length, 2);
});

test('the lines of stderr are kept', async (t) => {
  const server = await started(t, { logLevel: 'info' });

  await server.stop();

  assert.match(server.stderr, /"message":"serving"/);
});
