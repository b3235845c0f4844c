#!/usr/bin/env node
// `npx mediusflow-mock ARGUMENTS`: runs the program in the same terminal. Signals go to it, and its end is
// the end of this command: the same exit code, or the same signal.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { cannotRun, findProgram } from '../lib/program.js';

/** What a terminal sends to every process in the foreground, so to the program, too. */
const FROM_TERMINAL = ['SIGINT', 'SIGHUP', 'SIGQUIT'];

function run(args) {
  const found = findProgram();
  const child = spawn(found.file, args, { stdio: 'inherit' });
  passSignals(child);
  child.on('error', (error) => fail(cannotRun(found, error)));
  child.on('exit', (code, signal) => (signal ? dieBy(signal) : process.exit(code)));
}

function passSignals(child) {
  const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of [...FROM_TERMINAL, 'SIGTERM']) {
    // The program ends at once at its second signal, so it must not get the one of Ctrl-C twice.
    const hasIt = inTerminal && FROM_TERMINAL.includes(signal);
    process.on(signal, () => hasIt || child.kill(signal));
  }
}

/** Ends as the program did, so that a shell sees the same. */
function dieBy(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // For a signal that does not end this process.
  process.exitCode = 128 + constants.signals[signal];
}

function fail(error) {
  console.error(`mediusflow-mock: ${error.message}`);
  process.exit(1);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  fail(error);
}
