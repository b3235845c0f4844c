// The provisioning job of a tenant; docs/control-api.md and docs/entra.md describe it and its documents.

/** A cycle of the provisioning job that has ended. `good` says whether nothing is left undone. */
export interface Cycle {
  activityIdentifier: string;
  kind: 'initial' | 'incremental';
  began: string;
  ended: string;
  good: boolean;
  outcome: string;
  reason: string | null;
  state: string;
  counts: Record<string, number>;
}

/** The settings of the job, without its secret token. */
export interface JobSettings {
  tenantUrl: string;
  notificationEmail: string | null;
  sendEmailWhenAFailureOccurs: boolean;
  scope: 'all' | 'assigned';
}

/** The provisioning job; `job` is Graph's `synchronizationJob`. */
export interface JobStatus {
  job: Record<string, any>;
  /** The latest first. */
  cycles: Cycle[];
  quarantine: Record<string, any> | null;
  running: Record<string, any> | null;
  started: boolean;
  nextCycle: string | null;
  objects: number;
  escrows: number;
  day: number;
  configurationFilters: string[] | null;
  settings: JobSettings;
}

/** What a job is made of. */
export interface JobOptions {
  /** The source directory: generated, or objects in the format of docs/entra.md. */
  directory?:
    | { generate: { users?: number; groups?: number; seed?: number } }
    | { objects: { users?: Record<string, unknown>[]; groups?: Record<string, unknown>[] } };
  scope?: 'all' | 'assigned';
  /** Default 1000, unless there is a `configuration`. Entra sends 25, and a test need not wait for that. */
  requestsPerSecond?: number;
  accidentalDeletionThreshold?: number;
  skipOutOfScopeDeletions?: boolean;
  secretToken?: string;
  /** A job file, as TOML. */
  configuration?: string;
  /** Runs a cycle every 40 minutes of the tenant's clock. */
  start?: boolean;
}

/** A group with up to five of its members, for provisioning on demand. */
export interface GroupOnDemand {
  group: string;
  members: string[];
}

/** What provisioning on demand did, step by step; for a group also each member. */
export interface OnDemand {
  result: string;
  steps: Record<string, any>[];
  members: Record<string, any>[];
  logs: ProvisioningLog[];
}

/** A user or group of the source directory. */
export interface DirectoryObject {
  objectId: string;
  kind: Record<string, any>;
  state: string;
  attributes: Record<string, any>;
  roles: string[];
}

/** A change of the source directory, such as `{ change: 'disable', object: 'ada@contoso.com' }`; /docs lists all. */
export interface DirectoryChange {
  change: string;
  [member: string]: unknown;
}

/** A line of the provisioning logs, as Graph's `provisioningObjectSummary`. */
export interface ProvisioningLog {
  id: string;
  activityDateTime: string;
  cycleId: string;
  provisioningAction: string;
  provisioningStatusInfo: Record<string, any>;
  provisioningSteps: Record<string, any>[];
  modifiedProperties: Record<string, any>[];
  sourceIdentity: Record<string, any>;
  targetIdentity: Record<string, any>;
}

/** A notification mail of the job. */
export interface Mail {
  at: string;
  to: string;
  subject: string;
  text: string;
}

/**
 * The provisioning job of a tenant. Its requests are ordinary ones, and go by the tenant's clock. Every call but
 * `setup` throws `ApiError` with the code `no-job` if the tenant has no job.
 */
export interface ProvisioningJob {
  /** Creates the job, or changes what is given. Throws `ApiError` if something is wrong (`field`). */
  setup(options?: JobOptions): Promise<JobStatus>;
  /** The job: cycles, quarantine, counts. */
  status(): Promise<JobStatus>;
  /** Runs a cycle, waits for its end and returns it. */
  cycle(): Promise<Cycle>;
  /** Provisions one user, or one group with some members, at once. Throws `ApiError` for one that does not exist. */
  onDemand(what: string | GroupOnDemand): Promise<OnDemand>;
  /** The portal's "Test Connection". Throws `ApiError` with Entra's error. */
  testConnection(): Promise<void>;
  /** Runs a cycle every 40 minutes of the tenant's clock. */
  start(): Promise<JobStatus>;
  /** Runs cycles only when they are ordered. */
  pause(): Promise<JobStatus>;
  /** "Restart provisioning", with Graph's scopes; default `Full`. */
  restart(scope?: string): Promise<JobStatus>;
  /** Allows the deletions of the next cycle, whatever the threshold is. */
  allowDeletions(): Promise<JobStatus>;
  /** Stops and deletes the job. */
  delete(): Promise<void>;
  /** All users and groups of the source directory. */
  directory(): Promise<DirectoryObject[]>;
  /** Changes the directory, completely or not at all; the next cycle provisions it. */
  change(changes: DirectoryChange[]): Promise<void>;
  /** Disables a user of the directory, by object id or user principal name. */
  disable(user: string): Promise<void>;
  /** Enables a user of the directory. */
  enable(user: string): Promise<void>;
  /** Deletes a user or group of the directory softly, as the portal does. */
  remove(object: string): Promise<void>;
  /** Makes the changes of the next days (default 5) of a scripted week in the directory. */
  week(days?: number): Promise<void>;
  /** The provisioning logs. `object` is a part of a name or id, `cycle` the `activityIdentifier` of a cycle. */
  logs(options?: {
    status?: string;
    action?: string;
    object?: string;
    cycle?: string;
    limit?: number;
  }): Promise<ProvisioningLog[]>;
  /** The latest notification mails, oldest first. */
  mails(): Promise<Mail[]>;
}
