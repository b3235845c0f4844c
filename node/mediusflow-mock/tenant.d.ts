// A tenant, and everything that a test asks of it.

import type {
  Duration,
  Exchange,
  FullExchange,
  NewResource,
  PatchOperation,
  Report,
  Resource,
  Session,
  SignedIn,
  SignInDecision,
  SignInHistory,
  SignInResult,
  SignInState,
  TenantDetails,
} from './documents.js';
import type { ProvisioningJob } from './entra.js';
import type { Faults, LimitSettings, TenantClock } from './faults.js';
import type { CallOptions } from './index.js';

/** How many are waited for: one of these; default one or more. `count` and `atLeast` mean the same. */
export interface Numbers {
  count?: number;
  atLeast?: number;
  atMost?: number;
  exactly?: number;
}

/** What is waited for. */
export interface WaitOptions extends Numbers {
  /** A cursor: only later exchanges count. */
  since?: number;
  /** Default: five seconds. */
  timeout?: Duration;
  /** `received` counts requests that have only begun; default `completed`. */
  state?: 'completed' | 'received';
}

/** What is asserted about the exchanges that match. */
export interface VerifyOptions {
  /** A number is exact; default one or more. */
  count?: number | { atLeast?: number; atMost?: number };
  /** Filters for exchanges in this order, with others in between. */
  order?: string[];
  /** There are no other exchanges than these. */
  noOthers?: boolean;
  /** A cursor: only later exchanges count. */
  since?: number;
  /** How long it may take to become true. */
  within?: Duration;
  /** How long it must stay true (`for` in the control API). */
  lasting?: Duration;
}

/**
 * A tenant of a running server. `match` is a traffic filter, such as `op:create user:anna@contoso.com` or
 * `status:4xx`; a `filter` is one of SCIM. A user is named by id or `userName`, a group by id or `displayName`.
 */
export declare class Tenant implements AsyncDisposable {
  private constructor();
  /** The first segment of its addresses. */
  readonly name: string;
  /** MediusFlow's login, for a browser. */
  readonly url: string;
  /** The base of its SCIM service: the Tenant URL of Entra. */
  readonly scimUrl: string;
  /** The base of its admin console's API. */
  readonly adminUrl: string;
  /** The base of its control API. */
  readonly controlUrl: string;
  /** The authority of mock Entra, for an OpenID Connect client. */
  readonly authority: string;
  /** The secret key when this value was made, which a SCIM client sends as bearer token; `null` if there was none. */
  readonly secretKey: string | null;
  readonly faults: Faults;
  readonly limits: LimitSettings;
  readonly clock: TenantClock;
  readonly entra: ProvisioningJob;

  /** Any other call of the control API below the tenant, such as `call('GET', 'companies')`. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<any>;
  /** What the server says of the tenant now: open steps, secret key, counts. */
  details(): Promise<TenantDetails>;
  /** Deletes the tenant, if it is there. */
  delete(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;

  /** All users, or those that match. */
  users(filter?: string): Promise<Resource[]>;
  /** The user, or `null`. */
  user(name: string): Promise<Resource | null>;
  /** Creates a user. */
  newUser(user: NewResource): Promise<Resource>;
  /** Changes a user by the operations of a SCIM PATCH. */
  changeUser(name: string, operations: PatchOperation[]): Promise<void>;
  deleteUser(name: string): Promise<void>;
  /** All groups, or those that match. */
  groups(filter?: string): Promise<Resource[]>;
  /** The group, or `null`; of several, the first that was created. */
  group(name: string): Promise<Resource | null>;
  /** Creates a group. */
  newGroup(group: NewResource): Promise<Resource>;
  /** Changes a group by the operations of a SCIM PATCH. */
  changeGroup(name: string, operations: PatchOperation[]): Promise<void>;
  deleteGroup(name: string): Promise<void>;

  /** Puts state, traffic, faults, limits and clock back to the start, or to a snapshot. */
  reset(to?: string): Promise<void>;
  /** Keeps the present state under a name. */
  takeSnapshot(name: string): Promise<void>;
  /** Puts the state of a snapshot in place; the traffic goes on. */
  restore(name: string): Promise<void>;
  /** The whole state as a document; with `secrets`, keys are not masked. */
  exportState(options?: { secrets?: boolean }): Promise<Record<string, unknown>>;
  /** Replaces the whole state by such a document, completely or not at all. */
  importState(state: Record<string, unknown>): Promise<void>;
  /** The SHA-256 of the state. Times and the order of what was done are not part of it. */
  digest(): Promise<string>;

  /** The number of the latest exchange, for `since`. */
  cursor(): Promise<number>;
  /** The exchanges that match, oldest first; with `limit`, the first ones. */
  traffic(match?: string, options?: { since?: number; limit?: number }): Promise<Exchange[]>;
  /** One exchange with headers and bodies. */
  exchange(seq: number): Promise<FullExchange>;
  /**
   * Waits until so many exchanges match, and returns them. It wakes at once.
   *
   * Throws `WaitTimeoutError` if that did not happen in time, and `VerificationError` if there are too many.
   */
  waitFor(match: string, options?: WaitOptions): Promise<Exchange[]>;
  /**
   * Waits until no request is running and none has arrived for a while (`quiet`, default 50 ms).
   *
   * Throws `WaitTimeoutError`.
   */
  waitIdle(options?: { quiet?: Duration; timeout?: Duration }): Promise<void>;
  /** Waits until so many users match, if only for a moment, and says how many. Throws `WaitTimeoutError`. */
  waitForUsers(filter: string, options?: Numbers & { timeout?: Duration }): Promise<number>;
  /** Waits until so many groups match, if only for a moment, and says how many. Throws `WaitTimeoutError`. */
  waitForGroups(filter: string, options?: Numbers & { timeout?: Duration }): Promise<number>;
  /**
   * Asserts something about the traffic, and returns the exchanges that match.
   * `verify('op:delete', { count: 0, lasting: 500 })` is "never, for half a second".
   *
   * Throws `VerificationError` if it is not so, and `WaitTimeoutError` if it did not become or stay so in time.
   */
  verify(match?: string, options?: VerifyOptions): Promise<Exchange[]>;
  /** What a strict server would refuse of all requests, or of those of a `sender` (a part of its name). */
  report(options?: { sender?: string; since?: number }): Promise<Report>;
  /** Asserts that a strict server would refuse nothing. Throws `VerificationError`. */
  verifyNoFindings(options?: { sender?: string; since?: number }): Promise<void>;

  /** Whether this user may sign in, with their own login option or with another one. */
  canSignIn(user: string, options?: { option?: string }): Promise<boolean>;
  /** Whether this user may sign in, and why. Nobody signs in, and nothing is recorded. */
  signInDecision(user: string, options?: { option?: string }): Promise<SignInDecision>;
  /** Signs somebody in. Throws `ApiError` with the code `sign-in-refused`, and the `reason` in the problem. */
  signIn(user: string, options?: { option?: string }): Promise<SignedIn>;
  /** Asserts the results of this user's sign-in over time: the one at the beginning, then each other one. */
  verifySignIns(
    user: string,
    sequence: SignInState[],
    options?: { since?: number; within?: Duration },
  ): Promise<SignInHistory>;
  /**
   * Waits until a sign-in of this user has this result (default `works`), if only for a moment.
   *
   * Throws `WaitTimeoutError`.
   */
  waitForSignIn(user: string, result?: SignInResult, options?: { timeout?: Duration }): Promise<SignInDecision>;
  /** Who is logged in. */
  signIns(): Promise<Session[]>;
  /** Logs everybody out, and says how many sessions ended. */
  signOutAll(): Promise<number>;
  /** Has the account picker of mock Entra answer itself, so many times or always. */
  pickAccount(account: string, options?: { times?: number }): Promise<void>;
  /** Has the account picker ask again. */
  askAccount(): Promise<void>;
  /** Has mock Entra sign with its next key. The one before stays published for the grace, a day by default. */
  rotateKey(options?: { grace?: Duration }): Promise<void>;
}
