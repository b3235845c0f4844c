// Calls of the control API. They use node:http and not fetch, because fetch gives up after five minutes
// and a wait may last ten.

import { Agent, request } from 'node:http';

import { ServerGoneError, refusal } from './errors.js';

/** How long an answer may take, in milliseconds, besides what the call itself waits for. */
export const PATIENCE = 60_000;

/** How long the server lets a call wait, in milliseconds. */
export const LONGEST_WAIT = 600_000;

/** The time in which a program that broke a connection can still say how it ended, in milliseconds. */
const LAST_WORDS = 500;

/** The control API below one address. */
export class Api {
  #url;
  #child;
  #token;
  #agent;

  /** `child` is the process of the server, and `token` the one of its control API, if it needs one. */
  constructor(url, child, token, agent = new Agent({ keepAlive: true })) {
    this.#url = url;
    this.#child = child;
    this.#token = token;
    this.#agent = agent;
  }

  /** The same API below another address of the same server. */
  below(url) {
    return new Api(url, this.#child, this.#token, this.#agent);
  }

  /** The body of the answer: JSON as a value, anything else as text, `undefined` if there is none. */
  async call(method, path, body, { query = {}, patience = PATIENCE } = {}) {
    const call = { method, url: this.#address(path, query), body, patience };
    const { status, type, text } = await this.#answer(call);
    if (status >= 400) throw refusal(status, text);
    if (text === '') return undefined;
    return /[/+]json\b/.test(type) ? JSON.parse(text) : text;
  }

  /** Closes the connections. */
  close() {
    this.#agent.destroy();
  }

  #address(path, query) {
    const address = new URL(path ? `${this.#url}/${path}` : this.#url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) address.searchParams.set(name, String(value));
    }
    return address;
  }

  async #answer(call) {
    for (;;) {
      try {
        return await this.#exchange(call);
      } catch (error) {
        // The server closed an idle connection at the moment when it was used again: nothing was read.
        if (!(error.reused && error.code === 'ECONNRESET')) throw await this.#gone(call, error);
      }
    }
  }

  #exchange({ method, url, body, patience }) {
    return new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const options = { method, headers: this.#headers(sent), agent: this.#agent, timeout: patience };
      const call = request(url, options, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => (text += part));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode, type: answer.headers['content-type'] ?? '', text });
        });
      });
      call.on('timeout', () => call.destroy(new Error(`no answer within ${patience} ms`)));
      call.on('error', (error) => reject(Object.assign(error, { reused: call.reusedSocket })));
      call.end(sent);
    });
  }

  #headers(sent) {
    return {
      accept: 'application/json',
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...(this.#token && { authorization: `Bearer ${this.#token}` }),
    };
  }

  async #gone({ method, url }, error) {
    const code = (await this.#child.ended(LAST_WORDS)) ?? null;
    const end = code === null ? 'it still runs' : `it ended with ${code}`;
    const message = `${method} ${url.pathname}: no answer from the server (${error.message}); ${end}`;
    return new ServerGoneError(message, code, this.#child.stderr);
  }
}
