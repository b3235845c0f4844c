// Makes the npm packages: `mediusflow-mock`, and with a program the one that has it for its platform. The
// platform is read from the program, the version from Cargo.toml. Prints the files that it made.
//
//   node node/pack.mjs --out FOLDER [--program FILE] [--licenses FILE]
//
// `--licenses` names the licences of all that is built into the program, as text or HTML. The same inputs
// make the same bytes.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { platformOf } from './platforms/binary.mjs';
import { NAMES, platformPackage } from './platforms/platforms.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function main() {
  const { program, licenses, out } = options();
  const work = mkdtempSync(join(tmpdir(), 'mediusflow-mock-'));
  try {
    const folders = [mainPackage(join(work, 'main'))];
    if (program) folders.push(programPackage(join(work, 'program'), program, licenses));
    mkdirSync(out, { recursive: true });
    for (const folder of folders) console.log(join(out, pack(folder, out)));
  } finally {
    rmSync(work, { recursive: true });
  }
}

function options() {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { program: text, licenses: text, out: text } });
  if (!values.out) throw new Error('usage: node node/pack.mjs --out FOLDER [--program FILE] [--licenses FILE]');
  return values;
}

/** The package with the command and the modules. */
function mainPackage(folder) {
  const sources = join(ROOT, 'node/mediusflow-mock');
  cpSync(sources, folder, { recursive: true });
  const description = JSON.parse(readFileSync(join(sources, 'package.json'), 'utf8'));
  const { version } = fromCargo();
  const optionalDependencies = Object.fromEntries(NAMES.map((name) => [name, version]));
  copyFileSync(join(ROOT, 'docs/node.md'), join(folder, 'README.md'));
  return complete(folder, { ...description, optionalDependencies });
}

/** The package with a program. */
function programPackage(folder, program, licenses) {
  mkdirSync(folder);
  const description = platformPackage(platformOf(program));
  const copy = join(folder, description.files[0]);
  copyFileSync(program, copy);
  chmodSync(copy, 0o755);
  if (licenses) copyFileSync(licenses, join(folder, `LICENSES${extname(licenses)}`));
  writeFileSync(join(folder, 'README.md'), `${description.description}, which the package mediusflow-mock needs.\n`);
  return complete(folder, description);
}

/** Adds what every package has: version and licence. */
function complete(folder, description) {
  const { name, files, ...rest } = description;
  const whole = { name, ...fromCargo(), ...rest, files: [...files, 'LICENSE-*'] };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(whole, null, 2)}\n`);
  for (const file of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(join(ROOT, file), join(folder, file));
  return folder;
}

/** The facts of Cargo.toml that a package.json repeats. */
function fromCargo() {
  const text = readFileSync(join(ROOT, 'Cargo.toml'), 'utf8');
  const valueOf = (section, key) => {
    const lines = text.split(`\n[${section}]\n`)[1]?.split('\n[')[0] ?? '';
    return new RegExp(`^${key} = "(.*)"$`, 'm').exec(lines)?.[1];
  };
  const version = valueOf('package', 'version') ?? valueOf('workspace.package', 'version');
  const repository = valueOf('package', 'repository') ?? valueOf('workspace.package', 'repository');
  if (!version) throw new Error('Cargo.toml has no version');
  return { version, license: valueOf('workspace.package', 'license'), ...(repository && { repository }) };
}

/** Makes the tarball of a package in a folder, and returns its name. */
function pack(folder, out) {
  const npm = spawnSync('npm', ['pack', '--json', '--pack-destination', out, folder], {
    encoding: 'utf8',
    // On Windows npm is a script of the shell.
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) throw new Error(`npm pack failed: ${npm.error?.message ?? npm.stderr}`);
  const said = JSON.parse(npm.stdout);
  return (Array.isArray(said) ? said[0] : Object.values(said)[0]).filename;
}

try {
  main();
} catch (error) {
  console.error(`pack.mjs: ${error.message}`);
  process.exitCode = 1;
}
