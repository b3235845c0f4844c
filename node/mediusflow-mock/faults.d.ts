// Faults, limits and the clock of a tenant; docs/faults.md describes their rules and documents. A number in a
// rule is the API's: milliseconds in `delay`, seconds in `retryAfter`.

import type { Duration } from './documents.js';

type OneOrMore<T> = T | T[];

/** The condition on requests. A list matches if one of its values does. */
export interface FaultMatch {
  operation?: OneOrMore<string>;
  subject?: OneOrMore<string>;
  method?: OneOrMore<string>;
  path?: OneOrMore<string>;
  header?: OneOrMore<{ name: string; contains?: string; equals?: string }>;
  body?: OneOrMore<{ pointer?: string; equals?: unknown; contains?: string }>;
}

/** The selection among the requests that match. */
export interface FaultWhen {
  probability?: number;
  nth?: number;
  everyN?: number;
  times?: number;
  after?: number;
  firstPerSubject?: boolean;
  sequence?: ('fail' | 'pass')[];
  perSubject?: boolean;
  between?: { from?: string; to?: string };
}

/** What happens. */
export interface FaultAction {
  status?: number;
  scimType?: string;
  detail?: string;
  retryAfter?: number | string;
  headers?: Record<string, string>;
  contentType?: string;
  html?: string;
  connection?: 'reset' | 'close' | 'garbage' | 'hang';
  truncateAfter?: number;
  staleBy?: number;
  expiredKey?: boolean;
  wrongBasePath?: boolean;
  delay?: Duration | Record<string, unknown>;
  idToken?: string | Record<string, unknown>;
}

/** When it happens: before the operation, which is then not done, or after it, so that only the answer suffers. */
export type FaultPhase = 'before' | 'after';

/** A rule, with how many requests matched it and at how many of them the fault happened. */
export interface FaultRule {
  id: string;
  match?: FaultMatch;
  when?: FaultWhen;
  action: FaultAction;
  phase: FaultPhase;
  matched: number;
  fired: number;
}

/** A set of rules that comes with the server. */
export interface Preset {
  name: string;
  about: string;
  rules: Omit<FaultRule, 'matched' | 'fired'>[];
  limits: Record<string, unknown> | null;
}

/** The fault rules of a tenant. A reset removes them. */
export interface Faults {
  /** Adds a rule after the others. Throws `ApiError` if a member is wrong (`field`), or the id is taken. */
  add(
    action: FaultAction,
    options?: { match?: FaultMatch; when?: FaultWhen; phase?: FaultPhase; id?: string },
  ): Promise<FaultRule>;
  /**
   * Answers the next requests for an operation, such as `user.create`, with a status (default 503); nothing is
   * done. Throws `ApiError` if there is no such operation or status.
   */
  failNext(operation: string, options?: { status?: number; times?: number }): Promise<FaultRule>;
  /** Adds the rules and limits of a preset, such as `flaky`. Throws `ApiError` if there is none of that name. */
  preset(name: string): Promise<FaultRule[]>;
  /** The presets of the server. */
  presets(): Promise<Preset[]>;
  /** The rules in the order in which they are tested, with their counts. */
  rules(): Promise<FaultRule[]>;
  /** Removes a rule. Throws `ApiError` if there is none of that id. */
  remove(id: string): Promise<void>;
  /** Removes all rules, and says how many there were. Limits stay. */
  clear(): Promise<number>;
}

/** So many requests in a time (default: a second), and so many at once. */
export interface Rate {
  rate: number;
  per?: Duration;
  burst?: number;
}

/** The limits of a tenant. */
export interface LimitOptions {
  tenant?: Rate;
  key?: Rate;
  operations?: Record<string, Rate>;
}

/** The limits of a tenant, and how many requests they refused. */
export interface Limits extends LimitOptions {
  refused: number;
  retriedEarly: number;
}

/** The rate limits of a tenant: token buckets. A reset removes them. */
export interface LimitSettings {
  /** The limits, and how many requests they refused. */
  get(): Promise<Limits>;
  /** Replaces the limits, with full buckets. Throws `ApiError` if a number or an operation is wrong (`field`). */
  set(limits: LimitOptions): Promise<Limits>;
  /** Removes all limits. */
  clear(): Promise<void>;
}

/** The setting of a tenant's clock, its time `now`, and the server's. */
export interface Clock {
  mode: 'real' | 'frozen' | 'offset' | 'scaled';
  now: string;
  serverNow: string;
  [member: string]: unknown;
}

/** The clock of a tenant. A reset puts it back to the server's time. */
export interface TenantClock {
  /** The tenant's time, to the millisecond. */
  now(): Promise<Date>;
  /** How the clock is set. */
  setting(): Promise<Clock>;
  /** Moves the clock forward, however it is set, and says the new time. Throws `ApiError` for a negative duration. */
  advance(by: Duration): Promise<Date>;
  /** Stops the clock, now or at a time, and says that time. Throws `ApiError` if the time is none. */
  freeze(at?: Date | string): Promise<Date>;
  /** Sets the clock so far off the server's time; a negative duration is behind it. */
  offset(by: Duration): Promise<Date>;
  /** Lets the clock run so many times as fast, from now or from `start`. */
  scale(factor: number, options?: { start?: Date | string }): Promise<Date>;
  /** Puts the clock back to the server's time. */
  real(): Promise<Date>;
}
