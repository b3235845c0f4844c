// For node:test: one server for each file, one tenant for each test.

import type { TestContext } from 'node:test';

import type { Server, StartOptions, Tenant, TenantOptions } from './index.js';

/** The server of a test file. */
export interface Mediusflow {
  /** The server, which is started at its first use and stopped at the end of the file. */
  server(): Promise<Server>;
  /**
   * A tenant for a test (or subtest), named after it, so that its ids, names and keys are the same in every run.
   * It is deleted after the test. If the test fails, its report has the tenant's latest exchanges.
   */
  tenant(test: TestContext, options?: TenantOptions): Promise<Tenant>;
}

/** A server for the file, or the suite, in which this is called. */
export declare function mediusflow(options?: StartOptions): Mediusflow;
