// For node:test: one server for each file, one tenant for each test. node-test.d.ts has the documentation.

import { relative } from 'node:path';
import { after } from 'node:test';

import { start, tenantName } from './index.js';
import { trafficLines } from './lib/test-report.js';

export function mediusflow(options) {
  let starting;
  const server = () => (starting ??= start(options));
  // At the end of the file, or of the suite in which it is called.
  after(async () => (await starting?.catch(() => undefined))?.stop());
  const counts = new Map();
  return {
    server,
    async tenant(test, wish) {
      if (typeof test?.after !== 'function' || typeof test.name !== 'string') {
        throw new TypeError('tenant() needs the context of the test: test("…", async (t) => { await mock.tenant(t) })');
      }
      const began = new Date();
      const mock = await server();
      const tenant = await mock.newTenant(tenantName(idOf(test, counts)), wish);
      test.after(async () => {
        // TAP has no diagnostics of several lines.
        const lines = test.passed === false ? await trafficLines(mock, tenant, began) : [];
        for (const line of lines) test.diagnostic(line);
        await tenant.delete();
      });
      return tenant;
    },
  };
}

/** File and name of a test, and a number if it is not the first tenant of that name. */
function idOf(test, counts) {
  const file = relative(process.cwd(), test.filePath ?? process.argv[1] ?? '').replaceAll('\\', '/');
  const id = `${file}::${test.fullName ?? test.name}`;
  const count = (counts.get(id) ?? 0) + 1;
  counts.set(id, count);
  return count === 1 ? id : `${id}\0${count}`;
}
