// Which platform a program is for.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { folderOf } from './harness.mjs';

const { platformOf } = await import(pathToFileURL(join(process.env.MEDIUSFLOW_MOCK_SOURCES, 'platforms/binary.mjs')));
const { NAMES, platformPackage } = await import(
  pathToFileURL(join(process.env.MEDIUSFLOW_MOCK_SOURCES, 'platforms/platforms.mjs'))
);

function fileWith(t, bytes) {
  const file = join(folderOf(t), 'program');
  writeFileSync(file, bytes);
  return file;
}

/** The headers of a Linux program; `loader` is the path in its segment PT_INTERP. */
function elf(machine, loader = '') {
  const bytes = Buffer.alloc(256);
  bytes.write('\x7fELF', 'latin1');
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(loader ? 1 : 0, 56);
  bytes.writeUInt32LE(3, 64);
  bytes.writeBigUInt64LE(128n, 72);
  bytes.writeBigUInt64LE(BigInt(loader.length), 96);
  bytes.write(loader, 128, 'latin1');
  return bytes;
}

function machO(cpu) {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32LE(0xfeedfacf);
  bytes.writeUInt32LE(cpu, 4);
  return bytes;
}

function portableExecutable(machine) {
  const bytes = Buffer.alloc(256);
  bytes.write('MZ', 'latin1');
  bytes.writeUInt32LE(128, 0x3c);
  bytes.write('PE\0\0', 128, 'latin1');
  bytes.writeUInt16LE(machine, 132);
  return bytes;
}

test('the platform of a program is read from its headers', (t) => {
  const platform = (bytes) => platformOf(fileWith(t, bytes));

  assert.deepEqual(platform(elf(0x3e)), { os: 'linux', cpu: 'x64' });
  assert.deepEqual(platform(elf(0xb7, '/lib/ld-linux-aarch64.so.1')), { os: 'linux', cpu: 'arm64', libc: 'glibc' });
  assert.deepEqual(platform(elf(0x3e, '/lib/ld-musl-x86_64.so.1')), { os: 'linux', cpu: 'x64', libc: 'musl' });
  assert.deepEqual(platform(machO(0x0100000c)), { os: 'darwin', cpu: 'arm64' });
  assert.deepEqual(platform(portableExecutable(0x8664)), { os: 'win32', cpu: 'x64' });
  for (const other of [Buffer.from('#!/bin/sh\n'), Buffer.alloc(0), Buffer.from('MZ'), elf(0x28), machO(7)]) {
    assert.throws(() => platform(other), /no program of a platform that is known here/);
  }
});

test('a package is for one platform', () => {
  const { os, cpu, libc, files } = platformPackage({ os: 'win32', cpu: 'x64' });
  assert.deepEqual([os, cpu, libc, files[0]], [['win32'], ['x64'], undefined, 'mediusflow-mock.exe']);
  assert.deepEqual(platformPackage({ os: 'linux', cpu: 'x64', libc: 'musl' }).libc, ['musl']);

  assert.throws(() => platformPackage({ os: 'darwin', cpu: 'x64' }), /no package @mediusflow-mock\/darwin-x64, only /);
  assert.equal(NAMES.length, 4);
});
