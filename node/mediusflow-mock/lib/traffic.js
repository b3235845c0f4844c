// The recorded exchanges: read, waited for, asserted.

import { LONGEST_WAIT, PATIENCE } from './api.js';
import { VerificationError } from './errors.js';
import { ResourceCalls } from './resources.js';
import { duration, given } from './values.js';

const PAGE = 1000;

export class TrafficCalls extends ResourceCalls {
  async cursor() {
    return (await this._api.call('GET', '')).seq;
  }

  async traffic(match = '', { since, limit = Infinity } = {}) {
    const exchanges = [];
    for (let from = since; exchanges.length < limit;) {
      const size = Math.min(PAGE, limit - exchanges.length);
      const query = { q: match, since: from, limit: size };
      const page = await this._api.call('GET', 'requests', undefined, { query });
      exchanges.push(...page.items);
      if (page.items.length < size) break;
      from = page.items.at(-1).seq;
    }
    return exchanges;
  }

  exchange(seq) {
    return this._api.call('GET', `requests/${seq}`);
  }

  async waitFor(match, { timeout = '5s', ...options } = {}) {
    return (await waited(this._api, 'requests/wait', { q: match, timeout: duration(timeout), ...options })).items;
  }

  async waitIdle({ quiet = '50ms', timeout = '5s' } = {}) {
    await waited(this._api, 'requests/wait-idle', { quiet: duration(quiet), timeout: duration(timeout) });
  }

  async waitForUsers(filter, { timeout = '5s', ...numbers } = {}) {
    return (await waited(this._api, 'state/wait', { users: filter, timeout: duration(timeout), ...numbers })).count;
  }

  async waitForGroups(filter, { timeout = '5s', ...numbers } = {}) {
    return (await waited(this._api, 'state/wait', { groups: filter, timeout: duration(timeout), ...numbers })).count;
  }

  async verify(match, { lasting, within, ...options } = {}) {
    const body = given({ match, ...options, within: duration(within), for: duration(lasting) });
    const patience = PATIENCE + (body.within === undefined && body.for === undefined ? 0 : 2 * LONGEST_WAIT);
    return (await this._api.call('POST', 'requests/verify', body, { patience })).items;
  }

  report({ sender, since } = {}) {
    return this._api.call('GET', 'report', undefined, { query: { from: sender, since } });
  }

  async verifyNoFindings(options) {
    const report = await this.report(options);
    const problem = { expected: 'no findings', actual: report.findings, report };
    if (report.findings.length > 0) {
      const detail = ['a strict server would refuse:', ...report.findings.map(lineOf)].join('\n');
      throw new VerificationError(422, { code: 'verification-failed', detail, ...problem });
    }
    if (report.missed > 0) {
      const detail = `${report.missed} exchanges have left the journal, and their findings with them`;
      throw new VerificationError(409, { code: 'journal-incomplete', detail, ...problem });
    }
  }
}

function waited(api, path, query) {
  return api.call('GET', path, undefined, { query, patience: PATIENCE + LONGEST_WAIT });
}

function lineOf({ rule, section, count, what, form, first }) {
  return `${rule} (${section}, ${count} times): ${what}; every server takes ${form}\n${first.curl}`;
}
