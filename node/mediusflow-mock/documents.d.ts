// The documents of a tenant, its traffic and its sign-ins, as docs/control-api.md describes them. Members that
// are not listed here are there all the same. Times are texts (RFC 3339).

/** A time span: a number of milliseconds, or a text of the control API such as `"250ms"`, `"1h 30m"` or `"90d"`. */
export type Duration = number | string;

/** A user or a group in the format of SCIM. Which attributes there are, the tenant's schemas say. */
export interface Resource {
  id: string;
  schemas: string[];
  /** The name of a user. */
  userName?: string;
  /** The name of a group. */
  displayName?: string;
  [attribute: string]: any;
}

/** A user or a group that is created; `schemas` may be left out. */
export type NewResource = Record<string, unknown>;

/** An operation of a SCIM PATCH (RFC 7644 §3.5.2). */
export interface PatchOperation {
  op: 'add' | 'remove' | 'replace';
  path?: string;
  value?: unknown;
}

/** How a tenant speaks SCIM: as the tutorial documents it, or the whole standard. */
export type Profile = 'mediusflow' | 'rfc';

/** A tenant, as `GET /_mock/v1/tenants/{tenant}` shows it. */
export interface TenantDetails {
  tenant: string;
  scimUrl: string;
  adminUrl: string;
  controlUrl: string;
  environment: string;
  /** The present secret key; `null` if there is none yet. */
  secretKey: string | null;
  /** The steps of the tutorial that are not done. */
  openSteps: string[];
  profile: Profile;
  seed: number;
  users: number;
  groups: number;
  running: number;
  waiters: number;
  seq: number;
  rev: number;
}

/** What a request is about. */
export interface Subject {
  kind: string;
  id: string | null;
  name: string | null;
}

/** What a write changed in one resource. */
export interface Effect {
  kind: string;
  subject: Subject;
  changes: { path: string; before: unknown; after: unknown }[];
  /** Whether its user could sign in before and after, if that changed. */
  signIn?: { before: SignInState; after: SignInState };
}

/** A recorded request with its answer, without headers and bodies. */
export interface Exchange {
  seq: number;
  at: string;
  durationMs: number;
  from: string;
  method: string;
  target: string;
  /** 0 if a fault broke the connection before the answer. */
  status: number;
  operation: string;
  summary: string;
  auth: string;
  subject: Subject | null;
  effects: Effect[];
  findings: Record<string, any>[];
  problem: Record<string, any> | null;
  fault: Record<string, any> | null;
}

/** A request or an answer as it was sent. Secrets are masked; a long body is `cut`. */
export interface Message {
  headers: [name: string, value: string][];
  body: string;
  size: number;
  cut: boolean;
}

/** A recorded request with headers and bodies. */
export interface FullExchange extends Exchange {
  request: Message;
  response: Message;
}

/** A request that reached no tenant; `guess` is the address that was probably meant. */
export interface UnroutedExchange extends FullExchange {
  guess: string | null;
}

/** A deviation from SCIM that the tenant accepted, and that a strict server refuses. */
export interface Finding {
  rule: string;
  section: string;
  what: string;
  instead: string;
  form: string;
  sentBy: string;
  count: number;
  at: string[];
  first: { seq: number; at: string; summary: string; curl: string };
}

/** The findings of all exchanges. */
export interface Report {
  findings: Finding[];
  /** How many requests were examined. */
  read: number;
  unread: number;
  /** How many exchanges have left the journal. */
  missed: number;
  refused: string[];
  seq: number;
  rev: number;
}

/** The result of a sign-in with the user's own login option. */
export type SignInState =
  'works' | 'notProvisioned' | 'disabled' | 'noConfiguration' | 'ambiguous' | 'unsupportedOption';

/** The result of a sign-in. */
export type SignInResult = SignInState | 'wrongIdentityProvider';

/** Whether a user may sign in, and why. */
export interface SignInDecision {
  allowed: boolean;
  result: SignInResult;
  reason: { code: string; text: string } | null;
  option: string | null;
  nameIdentifier: string;
  user: { id: string; userName: string; displayName?: string } | null;
  seq: number;
  rev: number;
}

/** The cookie of a session, as `NAME=VALUE`. */
export interface SessionCookie {
  cookie: string;
}

/** A sign-in that worked: the session, the claims of the ID token, and what MediusFlow made of the user. */
export interface SignedIn {
  session: SessionCookie;
  claims: Record<string, any> | null;
  view: Record<string, any> | null;
}

/** Who is logged in (`user` is an id), by which login option, and until when. */
export interface Session {
  kind: string;
  user: string;
  option: string;
  began: string;
  expires: string;
}

/** The results of a user's sign-in over time. */
export interface SignInHistory {
  sequence: SignInState[];
  items: Record<string, any>[];
  complete: boolean;
  seq: number;
}
