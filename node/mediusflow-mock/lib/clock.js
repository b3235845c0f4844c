// The clock of a tenant: changes, expiry and the provisioning job go by it.

import { duration, given } from './values.js';

export class TenantClock {
  #api;

  constructor(api) {
    this.#api = api;
  }

  async now() {
    return new Date((await this.setting()).now);
  }

  setting() {
    return this.#api.call('GET', 'clock');
  }

  async advance(by) {
    return new Date((await this.#api.call('POST', 'clock/advance', { by: duration(by) })).now);
  }

  freeze(at) {
    return this.#set({ mode: 'frozen', at });
  }

  offset(by) {
    return this.#set({ mode: 'offset', by: duration(by) });
  }

  scale(factor, { start } = {}) {
    return this.#set({ mode: 'scaled', factor, from: start });
  }

  real() {
    return this.#set({ mode: 'real' });
  }

  // A `Date` becomes the text of its time in JSON.
  async #set(setting) {
    return new Date((await this.#api.call('PUT', 'clock', given(setting))).now);
  }
}
