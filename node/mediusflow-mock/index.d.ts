/// <reference lib="esnext.disposable" />
// A MediusFlow tenant for tests. Where nothing else is said, a call throws `ApiError` if the control API refuses
// it, and `ServerGoneError` if there is no server any more.

import type { Duration, Profile, UnroutedExchange } from './documents.js';
import type { Tenant } from './tenant.js';

export * from './documents.js';
export * from './entra.js';
export * from './errors.js';
export * from './faults.js';
export * from './tenant.js';

/** Options of `start`; what is left out is as in `mediusflow-mock serve`, with its variables and its file. */
export interface StartOptions {
  /** The number of users of the server's own tenant. */
  users?: number;
  /** The number of groups of the server's own tenant. */
  groups?: number;
  /** What ids, names and keys follow from. */
  seed?: number;
  profile?: Profile;
  /** Leaves the tutorial's eleven steps open; then there is no key. */
  fresh?: boolean;
  /** The name of the server's own tenant. */
  tenant?: string;
  /** A file that describes the server's own tenant. */
  tenantFile?: string;
  /** Files of further SCIM schemas, or folders of such files. */
  schemas?: string[];
  /** Default: a free one. */
  port?: number;
  /** Default: `warn`. The lines are in `Server.stderr`. */
  logLevel?: 'off' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Further flags of `mediusflow-mock serve`. */
  flags?: string[];
  /** The path of another program than `program()`. */
  program?: string;
  /** How many milliseconds the server may take to be ready; default 30 seconds. */
  timeout?: number;
}

/** Options of a new tenant; what is left out is as in the server's own tenant. */
export interface TenantOptions {
  users?: number;
  groups?: number;
  companies?: number;
  locale?: string;
  seed?: number;
  profile?: Profile;
  /** SCIM settings: docs/settings.md lists them. */
  settings?: Record<string, unknown>;
  /** Leaves the tutorial's eleven steps open; then there is no key. */
  fresh?: boolean;
  /** Deletes the tenant after this time. */
  timeToLive?: Duration;
  /** Another tenant whose state it gets, as it is now or in a snapshot; then only `timeToLive` may stand beside it. */
  source?: { tenant: string; snapshot?: string };
}

/** How a call of the control API is made. */
export interface CallOptions {
  /** Parameters; `undefined` ones are left out. */
  query?: Record<string, string | number | boolean | undefined>;
  /** How long the answer may take, in milliseconds; default one minute. */
  patience?: number;
}

/** A running server. It stops with `stop`, and with this process, even if that is killed. */
export declare class Server implements AsyncDisposable {
  private constructor();
  readonly url: string;
  /** The base of the SCIM service of the server's own tenant. */
  readonly scimUrl: string;
  readonly controlUrl: string;
  /** The secret key of the server's own tenant at its start; `null` with `fresh`. */
  readonly secretKey: string | null;
  readonly pid: number;
  readonly seed: number;
  readonly version: string;
  /** The last lines that the program wrote to stderr. */
  readonly stderr: string;
  /** Stops the server, and says its exit code, or the signal that ended it. A second call does nothing. */
  stop(): Promise<number | string>;
  [Symbol.asyncDispose](): Promise<void>;
  /** A tenant that is there; without a name, the server's own. */
  tenant(name?: string): Promise<Tenant>;
  /** Creates a tenant. One with a name (at most 63 letters and digits) has the same ids and keys in every run. */
  newTenant(name?: string, options?: TenantOptions): Promise<Tenant>;
  /** The names of all tenants. */
  tenants(): Promise<string[]>;
  /** The requests that reached no tenant, such as those to a wrong path, oldest first. */
  unrouted(options?: { since?: number }): Promise<UnroutedExchange[]>;
  /** Any other call of the control API of the server, such as `call('PATCH', 'config', {…})`. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<any>;
}

/**
 * Starts a server, and returns it when it is ready.
 *
 * Throws `ProgramError` if the program is missing, cannot be run, or is of another version than this package;
 * `StartError` if it does not start: an option is wrong, a file cannot be read, the port is taken.
 */
export declare function start(options?: StartOptions): Promise<Server>;

/**
 * The path of the program: MEDIUSFLOW_MOCK_PROGRAM, or that of the package for this platform.
 *
 * Throws `ProgramError` if there is neither.
 */
export declare function program(): string;

/**
 * A tenant name for the id of a test, whatever that holds: the same in every run, and another for every id. It is
 * readable as far as the last part of the id (after `::`) has letters a-z and digits.
 */
export declare function tenantName(testId: string): string;
