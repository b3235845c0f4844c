// A MediusFlow tenant for a test, started by the program and without any dependency.
//
// The program is taken from MEDIUSFLOW_MOCK_PROGRAM, or else found on the PATH.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const program = process.env.MEDIUSFLOW_MOCK_PROGRAM ?? 'mediusflow-mock';

/** Starts a server on a free port; answers what its ready line says, and `stop`. */
export async function startMock(...flags) {
  // The pipe to stdin is a lifeline: it closes when this process ends, however it ends, and then so
  // does the server.
  const options = ['serve', '--port', '0', '--log-format', 'json', '--exit-with', 'stdin'];
  const server = spawn(program, [...options, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  ended.catch(() => {}); // a program that cannot be run is reported below
  const lines = createInterface({ input: server.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([line]) => line),
    ended.then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ]);
  const stop = async () => {
    server.stdin.end();
    const [code] = await ended;
    return code;
  };
  return { ...JSON.parse(line), stop };
}
