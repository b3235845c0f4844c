// The process of a server. It ends with this process, however that one ends: its stdin is a pipe, which the
// system closes. It keeps no event loop alive, so that a forgotten `stop()` hangs nobody.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How much of stderr is kept, in characters. */
const KEPT = 16 * 1024;

/** The time that a server has for its end before it is killed, in milliseconds. */
const PATIENCE = 10_000;

export class Child {
  /** The last lines that the program wrote to stderr. */
  stderr = '';
  /** The first line that it writes to stdout. Fails if the program cannot be run; `undefined` at its end. */
  firstLine;
  #process;
  #exit;

  constructor(file, args) {
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const { stdin, stdout, stderr } = this.#process;
    stdin.on('error', () => {}); // it has ended, which `#exit` tells
    stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr = (this.stderr + text).slice(-KEPT);
    });
    // `close` comes after the last byte of stderr, `exit` may come before it.
    this.#exit = once(this.#process, 'close').then(([code, signal]) => code ?? signal);
    this.#exit.catch(() => {}); // a program that cannot be run; `firstLine` tells
    const lines = createInterface({ input: stdout });
    this.firstLine = Promise.race([once(lines, 'line').then(([line]) => line), this.#exit.then(() => undefined)]);
  }

  /** Lets this process end before the program. */
  unref() {
    const { stdin, stdout, stderr } = this.#process;
    for (const it of [this.#process, stdin, stdout, stderr]) it.unref();
  }

  /** Its exit code, or the signal that ended it; `undefined` if it still runs after so many milliseconds. */
  async ended(within) {
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, within)));
    try {
      return await Promise.race([this.#exit, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the program and waits for it; its exit code, or the signal that ended it. */
  async stop() {
    this.#process.stdin.end();
    const code = await this.ended(PATIENCE);
    if (code !== undefined) return code;
    return this.kill();
  }

  /** Ends the program at once, if it runs. */
  async kill() {
    this.#process.ref();
    this.#process.kill('SIGKILL');
    return this.#exit.catch(() => undefined);
  }
}
