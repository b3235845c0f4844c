// What several tests need: scripts and commands in processes of their own, and connections that tell when a
// server has gone.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The project in which the packages are installed, as their users have it. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The command that npm installs. */
export const COMMAND = join(PROJECT, 'node_modules/.bin/mediusflow-mock');

/** A folder that goes with the test. */
export function folderOf(t) {
  const folder = mkdtempSync(join(tmpdir(), 'mediusflow-mock-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A program that is a shell script. */
export function shellProgram(t, lines, mode = 0o755) {
  const file = join(folderOf(t), 'program');
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, mode);
  return file;
}

/** Starts a process, which ends with the test at the latest. */
export function launch(t, command, args, options = {}) {
  const child = spawn(command, args, { cwd: PROJECT, ...options });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** Runs a process to its end. */
export async function run(t, command, args, options) {
  const child = launch(t, command, args, options);
  child.stdin.end();
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, signal, stdout, stderr };
}

/** The first line of a process, as JSON. */
export async function firstLine(child) {
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(line);
}

/** An open connection to a server; `gone` comes when that server closes it, at the latest at its end. */
export async function connection(url) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  const gone = once(socket.resume(), 'close');
  gone.catch(() => {}); // a reset is an end, too
  return { gone: gone.catch(() => {}) };
}

/** A call of a SCIM service, as a client makes it. */
export async function scim(tenant, method, path, body) {
  const answer = await fetch(tenant.scimUrl + path, {
    method,
    headers: { authorization: `Bearer ${tenant.secretKey}`, 'content-type': 'application/scim+json' },
    body: body && JSON.stringify(body),
  });
  const content = await answer.text();
  return { status: answer.status, body: content && JSON.parse(content) };
}

/** The body that creates a user. */
export function user(userName) {
  return { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName };
}
