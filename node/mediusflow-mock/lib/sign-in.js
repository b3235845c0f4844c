// Who may sign in to MediusFlow, and signing in.

import { LONGEST_WAIT, PATIENCE } from './api.js';
import { TrafficCalls } from './traffic.js';
import { duration, given, segment } from './values.js';

export class SignInCalls extends TrafficCalls {
  async canSignIn(user, options) {
    return (await this.signInDecision(user, options)).allowed;
  }

  signInDecision(user, { option } = {}) {
    return this._api.call('GET', `users/${segment(user)}/sign-in`, undefined, { query: { option } });
  }

  signIn(user, { option } = {}) {
    return this._api.call('POST', 'sign-in', given({ user, option }));
  }

  verifySignIns(user, sequence, { since, within } = {}) {
    const body = given({ user, sequence, since, within: duration(within) });
    const patience = PATIENCE + (within === undefined ? 0 : LONGEST_WAIT);
    return this._api.call('POST', 'sign-in/verify', body, { patience });
  }

  waitForSignIn(user, result = 'works', { timeout = '5s' } = {}) {
    const query = { user, result, timeout: duration(timeout) };
    return this._api.call('GET', 'sign-in/wait', undefined, { query, patience: PATIENCE + LONGEST_WAIT });
  }

  async signIns() {
    return (await this._api.call('GET', 'sign-ins')).items;
  }

  async signOutAll() {
    return (await this._api.call('DELETE', 'sign-ins')).ended;
  }

  async pickAccount(account, { times } = {}) {
    await this._api.call('PUT', 'sign-in', given({ account, times }));
  }

  async askAccount() {
    await this._api.call('DELETE', 'sign-in');
  }

  async rotateKey({ grace } = {}) {
    await this._api.call('POST', 'sign-in/rotate-key', given({ grace: duration(grace) }));
  }
}
