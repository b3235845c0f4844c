// Fixtures for Playwright: one server for each worker, one tenant for each test. playwright.d.ts has the
// documentation.

import { test as base, expect } from '@playwright/test';

import { start, tenantName } from './index.js';
import { trafficLines } from './lib/test-report.js';

export { expect };

export const test = base.extend({
  mediusflowServerOptions: [{}, { scope: 'worker', option: true }],

  mediusflowServer: [
    async ({ mediusflowServerOptions }, use) => {
      const server = await start(mediusflowServerOptions);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  mediusflowTenantOptions: [{}, { option: true }],

  mediusflowTenant: async ({ mediusflowServer, mediusflowTenantOptions }, use, info) => {
    const began = new Date();
    const tenant = await mediusflowServer.newTenant(tenantName(idOf(info)), mediusflowTenantOptions);
    await use(tenant);
    if (info.status !== info.expectedStatus) {
      const body = (await trafficLines(mediusflowServer, tenant, began)).join('\n');
      await info.attach('MediusFlow traffic', { body, contentType: 'text/plain' });
    }
    await tenant.delete();
  },

  signInAs: [undefined, { option: true }],

  signedInContext: async ({ browser, mediusflowTenant, signInAs }, use) => {
    if (!signInAs) {
      throw new Error("signedInContext needs to know who is signed in: test.use({ signInAs: 'ada@contoso.com' })");
    }
    const { session } = await mediusflowTenant.signIn(signInAs);
    const [name, value] = session.cookie.split('=');
    const context = await browser.newContext();
    await context.addCookies([{ name, value, url: mediusflowTenant.url }]);
    await use(context);
    await context.close();
  },

  signedInPage: async ({ signedInContext }, use) => {
    await use(await signedInContext.newPage());
  },
});

/** Project, titles and repetition. The file is part of the titles' hash in `testId`. */
function idOf(info) {
  return `${info.testId}::${info.titlePath.slice(1).join(' ')}`;
}
