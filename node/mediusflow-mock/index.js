// A MediusFlow tenant for tests. index.d.ts has the documentation.

export {
  ApiError,
  MediusflowError,
  ProgramError,
  ServerGoneError,
  StartError,
  VerificationError,
  WaitTimeoutError,
} from './lib/errors.js';
export { program } from './lib/program.js';
export { Server, start } from './lib/server.js';
export { Tenant } from './lib/tenant.js';
export { tenantName } from './lib/test-report.js';
