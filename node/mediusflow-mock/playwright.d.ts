// Fixtures for Playwright: one server for each worker, one tenant for each test.

import type {
  BrowserContext,
  Page,
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
  TestType,
} from '@playwright/test';

import type { Server, StartOptions, Tenant, TenantOptions } from './index.js';

export { expect } from '@playwright/test';

/** Fixtures of a test, and their options for `test.use`. */
export interface MediusflowTestFixtures {
  /** What the tenant of a test is like. */
  mediusflowTenantOptions: TenantOptions;
  /** A tenant for the test, named after it. If the test fails, the tenant's latest exchanges are attached. */
  mediusflowTenant: Tenant;
  /** The user (id or `userName`) who is signed in in `signedInContext`. A `beforeEach` can create them. */
  signInAs: string | undefined;
  /** A browser context of its own in which `signInAs` is signed in to MediusFlow. */
  signedInContext: BrowserContext;
  /** A page of `signedInContext`. */
  signedInPage: Page;
}

/** Fixtures of a worker, and their options for `use` in the configuration. */
export interface MediusflowWorkerFixtures {
  /** How the server is started. */
  mediusflowServerOptions: StartOptions;
  /** The server of the worker. */
  mediusflowServer: Server;
}

/** Playwright's `test` with these fixtures. */
export declare const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & MediusflowTestFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & MediusflowWorkerFixtures
>;
