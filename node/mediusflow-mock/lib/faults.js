// Faults and limits of a tenant; docs/faults.md describes the rules.

import { given, segment } from './values.js';

export class Faults {
  #api;

  constructor(api) {
    this.#api = api;
  }

  add(action, { match, when, phase, id } = {}) {
    return this.#api.call('POST', 'faults', given({ id, match, when, action, phase }));
  }

  failNext(operation, { status = 503, times = 1 } = {}) {
    return this.add({ status }, { match: { operation }, when: { times } });
  }

  async preset(name) {
    return (await this.#api.call('POST', `faults/presets/${segment(name)}`)).rules;
  }

  async presets() {
    return (await this.#api.call('GET', 'faults/presets')).items;
  }

  async rules() {
    return (await this.#api.call('GET', 'faults')).items;
  }

  async remove(id) {
    await this.#api.call('DELETE', `faults/${segment(id)}`);
  }

  async clear() {
    return (await this.#api.call('DELETE', 'faults')).removed;
  }
}

export class LimitSettings {
  #api;

  constructor(api) {
    this.#api = api;
  }

  get() {
    return this.#api.call('GET', 'limits');
  }

  set(limits) {
    return this.#api.call('PUT', 'limits', limits);
  }

  async clear() {
    await this.#api.call('PUT', 'limits', {});
  }
}
