// A running server, and how it is started.

import { Api } from './api.js';
import { Child } from './child.js';
import { ProgramError, StartError } from './errors.js';
import { cannotRun, findProgram, version } from './program.js';
import { Tenant } from './tenant.js';
import { duration, given, segment } from './values.js';

/** How long a start may take, in milliseconds. */
const PATIENCE = 30_000;

/** The options that are flags of `serve`, with what they are without being said. */
const FLAGS = {
  port: 0,
  logLevel: 'warn',
  users: undefined,
  groups: undefined,
  seed: undefined,
  profile: undefined,
  fresh: undefined,
  tenant: undefined,
  tenantFile: undefined,
  schemas: undefined,
};

/** The options that are none. */
const OTHERS = ['flags', 'program', 'timeout'];

export class Server {
  #child;
  #api;
  #ownTenant;

  constructor(child, ready) {
    this.url = ready.url;
    this.scimUrl = ready.scimUrl;
    this.controlUrl = ready.controlUrl;
    this.secretKey = ready.secretKey;
    this.pid = ready.pid;
    this.seed = ready.seed;
    this.version = ready.version;
    this.#ownTenant = ready.tenant;
    this.#child = child;
    this.#api = new Api(ready.controlUrl, child, ready.controlToken);
  }

  get stderr() {
    return this.#child.stderr;
  }

  async tenant(name = this.#ownTenant) {
    return this.#asTenant(await this.#api.call('GET', `tenants/${segment(name)}`));
  }

  async newTenant(name, { source, timeToLive, ...options } = {}) {
    const body = given({ name, ...options, from: source, timeToLive: duration(timeToLive) });
    return this.#asTenant(await this.#api.call('POST', 'tenants', body));
  }

  async tenants() {
    return (await this.#api.call('GET', 'tenants')).items.map((it) => it.tenant);
  }

  async unrouted({ since } = {}) {
    return (await this.#api.call('GET', 'unrouted', undefined, { query: { since } })).items;
  }

  call(method, path, body, options) {
    return this.#api.call(method, path, body, options);
  }

  async stop() {
    const code = await this.#child.stop();
    this.#api.close();
    return code;
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }

  #asTenant(details) {
    // Where the server has a public URL, the addresses that it shows begin with that, and ours must not.
    const url = `${this.controlUrl}/tenants/${segment(details.tenant)}`;
    return new Tenant(this.#api.below(url), this.url, details);
  }
}

export async function start(options = {}) {
  const found = findProgram(options.program);
  const child = new Child(found.file, argumentsOf(options));
  try {
    const ready = readyOf(found, await firstLine(child, found, options.timeout ?? PATIENCE));
    child.unref();
    return new Server(child, ready);
  } catch (error) {
    await child.kill();
    throw error;
  }
}

function argumentsOf(options) {
  const known = [...Object.keys(FLAGS), ...OTHERS];
  const unknown = Object.keys(options).find((it) => !known.includes(it));
  if (unknown !== undefined) {
    throw new TypeError(`start() has no option \`${unknown}\`; it has: ${known.join(', ')}`);
  }
  const flags = Object.entries({ ...FLAGS, ...given(options) }).flatMap(([name, value]) => {
    if (OTHERS.includes(name) || value === undefined) return [];
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return (Array.isArray(value) ? value : [value]).map((it) => `${flag}=${it}`);
  });
  return ['serve', '--log-format', 'json', '--exit-with', 'stdin', ...flags, ...(options.flags ?? [])];
}

/** The first line of the program, or why there is none. */
async function firstLine(child, found, timeout) {
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, timeout, null)));
  const line = await Promise.race([child.firstLine, late])
    .catch((error) => Promise.reject(cannotRun(found, error)))
    .finally(() => clearTimeout(timer));
  if (line === null) throw new StartError(`the server was not ready within ${timeout} ms`, null, child.stderr);
  if (line !== undefined) return line;
  const code = await child.ended(PATIENCE);
  throw new StartError(`the server ended with ${code} before it was ready`, code, child.stderr);
}

/** What the ready line says. */
function readyOf({ file, source }, line) {
  let ready;
  try {
    ready = JSON.parse(line);
  } catch {
    ready = undefined;
  }
  if (typeof ready?.controlUrl !== 'string') {
    throw new ProgramError(file, `${file} (from ${source}) is no mediusflow-mock: it says ${line.slice(0, 200)}`);
  }
  if (ready.version !== version) {
    const what = `${file} (from ${source}) has version ${ready.version}`;
    throw new ProgramError(file, `${what}, and the npm package mediusflow-mock has version ${version}`);
  }
  return ready;
}
