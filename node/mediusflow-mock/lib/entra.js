// The provisioning job of a tenant, as Entra's portal has it.

import { given } from './values.js';

/** Entra sends 25 requests a second; a test need not wait for that. */
const REQUESTS_PER_SECOND = 1000;

/** How long a cycle may take, in milliseconds. One of 10,000 users takes some ten seconds. */
const LONGEST_CYCLE = 1_800_000;

export class ProvisioningJob {
  #api;

  constructor(api) {
    this.#api = api;
  }

  setup({ requestsPerSecond, ...options } = {}) {
    // A configuration says it itself.
    const usual = options.configuration === undefined ? REQUESTS_PER_SECOND : undefined;
    return this.#api.call('PUT', 'entra', given({ requestsPerSecond: requestsPerSecond ?? usual, ...options }));
  }

  status() {
    return this.#api.call('GET', 'entra');
  }

  async cycle() {
    const options = { query: { wait: true }, patience: LONGEST_CYCLE };
    return (await this.#api.call('POST', 'entra/cycle', undefined, options)).cycle;
  }

  onDemand(what) {
    return this.#api.call('POST', 'entra/on-demand', typeof what === 'string' ? { user: what } : what);
  }

  async testConnection() {
    await this.#api.call('POST', 'entra/test-connection');
  }

  start() {
    return this.#api.call('POST', 'entra/start');
  }

  pause() {
    return this.#api.call('POST', 'entra/pause');
  }

  restart(scope = 'Full') {
    return this.#api.call('POST', 'entra/restart', { scope });
  }

  allowDeletions() {
    return this.#api.call('POST', 'entra/allow-deletions');
  }

  async delete() {
    await this.#api.call('DELETE', 'entra');
  }

  async directory() {
    return (await this.#api.call('GET', 'entra/directory')).objects;
  }

  async change(changes) {
    await this.#api.call('POST', 'entra/directory/changes', { changes });
  }

  disable(user) {
    return this.change([{ change: 'disable', object: user }]);
  }

  enable(user) {
    return this.change([{ change: 'enable', object: user }]);
  }

  remove(object) {
    return this.change([{ change: 'softDelete', object }]);
  }

  async week(days = 5) {
    await this.#api.call('POST', 'entra/week', { days });
  }

  async logs(query = {}) {
    return (await this.#api.call('GET', 'entra/logs', undefined, { query })).items;
  }

  async mails() {
    return (await this.#api.call('GET', 'entra/mails')).items;
  }
}
