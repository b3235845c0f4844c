// Where the program is. It comes in a package of its own for each platform, which npm installs as an
// optional dependency. The PATH is not asked: there, npm's own link to bin/mediusflow-mock.js has the name.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { ProgramError } from './errors.js';

const require = createRequire(import.meta.url);

/** This package's own description; its optional dependencies are the platforms that there are. */
const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The version of this package, which the program must have, too. */
export const version = own.version;

/** The path of the program that `start()` and `npx mediusflow-mock` run. */
export function program() {
  return findProgram().file;
}

/** The program and where its path came from: `wished`, else MEDIUSFLOW_MOCK_PROGRAM, else the platform's package. */
export function findProgram(wished) {
  if (wished !== undefined) return existing(wished, 'the option `program`');
  const named = process.env.MEDIUSFLOW_MOCK_PROGRAM;
  return named ? existing(named, 'MEDIUSFLOW_MOCK_PROGRAM') : ofPlatform();
}

function existing(file, source) {
  if (existsSync(file)) return { file, source };
  throw new ProgramError(file, `there is no program ${file}, which ${source} names`);
}

function ofPlatform() {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@mediusflow-mock/${platform}`;
  const known = Object.keys(own.optionalDependencies ?? {});
  if (!known.includes(name)) throw new ProgramError(name, unsupported(platform, known));
  let description;
  try {
    description = require.resolve(`${name}/package.json`);
  } catch {
    throw new ProgramError(name, missing(name));
  }
  const found = JSON.parse(readFileSync(description, 'utf8'));
  if (found.version !== version) throw new ProgramError(name, otherVersion(name, found.version));
  return existing(join(dirname(description), found.files[0]), `the package ${name}`);
}

/** Why a program that was found did not start. */
export function cannotRun({ file, source }, error) {
  const why = {
    EACCES: 'it is not executable',
    EFTYPE: 'it is for another platform',
    ENOEXEC: 'it is for another platform',
    // The file was there, so it is its loader that is missing.
    ENOENT: 'it needs another C library than the one of this system',
    UNKNOWN: 'it is for another platform',
  };
  return new ProgramError(file, `cannot run ${file} (from ${source}): ${why[error.code] ?? error.message}`);
}

const OWN_PROGRAM =
  'Or build the program (`cargo install --locked --path CHECKOUT`) and name it in MEDIUSFLOW_MOCK_PROGRAM.';

function missing(name) {
  return [
    `${name}, which has the program for this platform, is not installed.`,
    `It is an optional dependency of mediusflow-mock. npm leaves it out with --omit=optional or --no-optional,`,
    'and with a node_modules folder or a lock file that was made on another platform. To get it:',
    `  npm install --no-save --include=optional ${name}@${version}`,
    OWN_PROGRAM,
  ].join('\n');
}

function unsupported(platform, known) {
  const platforms = known.map((it) => it.split('/')[1]).join(', ') || 'none in this checkout';
  return `there is no package with the program for ${platform}, only for: ${platforms}.\n${OWN_PROGRAM}`;
}

function otherVersion(name, other) {
  return [
    `${name} has version ${other}, and mediusflow-mock has version ${version}. To get the right one:`,
    `  npm install --no-save --include=optional ${name}@${version}`,
  ].join('\n');
}
