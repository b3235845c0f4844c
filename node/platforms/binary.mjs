// Which platform a program is for, read from its first bytes, so that nobody has to say it and no package
// gets the program of another platform.

import { closeSync, openSync, readSync } from 'node:fs';

/** The bytes that hold the headers of all three formats. */
const HEAD = 64 * 1024;

/** The `os`, `cpu` and, if the program needs a particular one, `libc` of a program, as npm names them. */
export function platformOf(file) {
  const head = firstBytes(file);
  const found = elf(head) ?? machO(head) ?? portableExecutable(head);
  if (!found?.cpu) throw new Error(`${file} is no program of a platform that is known here`);
  return found;
}

function firstBytes(file) {
  const head = Buffer.alloc(HEAD);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, HEAD, 0);
  } finally {
    closeSync(descriptor);
  }
  return head;
}

/** Linux: the ELF header, and the program headers for the name of a dynamic loader. */
function elf(head) {
  if (head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const cpu = { 0x3e: 'x64', 0xb7: 'arm64' }[head.readUInt16LE(18)];
  const loader = loaderOf(head);
  // A program without a loader is static and runs with every libc.
  if (!loader) return { os: 'linux', cpu };
  return { os: 'linux', cpu, libc: loader.includes('musl') ? 'musl' : 'glibc' };
}

/** The segment PT_INTERP of a 64-bit ELF file. */
function loaderOf(head) {
  const [size, count] = [head.readUInt16LE(54), head.readUInt16LE(56)];
  for (let n = 0; n < count; n += 1) {
    const at = Number(head.readBigUInt64LE(32)) + n * size;
    if (head.readUInt32LE(at) !== 3) continue;
    const offset = Number(head.readBigUInt64LE(at + 8));
    return head.toString('latin1', offset, offset + Number(head.readBigUInt64LE(at + 32)));
  }
  return undefined;
}

/** macOS: a 64-bit Mach-O file of one architecture. */
function machO(head) {
  if (head.readUInt32LE(0) !== 0xfeedfacf) return undefined;
  return { os: 'darwin', cpu: { 0x01000007: 'x64', 0x0100000c: 'arm64' }[head.readUInt32LE(4)] };
}

/** Windows: a PE file behind its DOS stub. */
function portableExecutable(head) {
  if (head.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const at = head.readUInt32LE(0x3c);
  if (at + 6 > HEAD || head.toString('latin1', at, at + 4) !== 'PE\0\0') return undefined;
  return { os: 'win32', cpu: { 0x8664: 'x64', 0xaa64: 'arm64' }[head.readUInt16LE(at + 4)] };
}
