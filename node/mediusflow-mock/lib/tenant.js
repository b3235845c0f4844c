// One tenant, and everything that a test asks of it.

import { TenantClock } from './clock.js';
import { ProvisioningJob } from './entra.js';
import { ApiError } from './errors.js';
import { Faults, LimitSettings } from './faults.js';
import { SignInCalls } from './sign-in.js';
import { segment } from './values.js';

export class Tenant extends SignInCalls {
  constructor(api, serverUrl, details) {
    super(api);
    this.name = details.tenant;
    this.url = `${serverUrl}/${this.name}/`;
    this.scimUrl = details.scimUrl;
    this.adminUrl = details.adminUrl;
    this.controlUrl = details.controlUrl;
    this.authority = `${serverUrl}/${this.name}/entra`;
    this.secretKey = details.secretKey;
    const parts = {
      faults: new Faults(api),
      limits: new LimitSettings(api),
      clock: new TenantClock(api),
      entra: new ProvisioningJob(api),
    };
    for (const [name, value] of Object.entries(parts)) Object.defineProperty(this, name, { value });
  }

  call(method, path, body, options) {
    return this._api.call(method, path, body, options);
  }

  details() {
    return this._api.call('GET', '');
  }

  async delete() {
    try {
      await this._api.call('DELETE', '');
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'unknown-tenant')) throw error;
    }
  }

  [Symbol.asyncDispose]() {
    return this.delete();
  }

  async reset(to) {
    await this._api.call('POST', 'reset', to === undefined ? {} : { to });
  }

  async takeSnapshot(name) {
    await this._api.call('POST', 'snapshots', { name });
  }

  async restore(name) {
    await this._api.call('POST', `snapshots/${segment(name)}/restore`);
  }

  exportState({ secrets = false } = {}) {
    return this._api.call('GET', 'state', undefined, { query: { secrets } });
  }

  async importState(state) {
    await this._api.call('PUT', 'state', state);
  }

  async digest() {
    return (await this._api.call('GET', 'state/digest')).sha256;
  }
}
