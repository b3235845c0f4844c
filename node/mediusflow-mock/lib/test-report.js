// What every test runner needs: a tenant's name for a test, and the traffic for the report of one that failed.

import { createHash } from 'node:crypto';

import { ApiError } from './errors.js';

/** A tenant name has at most 63 letters and digits; the digest needs eight of them. */
const MOST_LETTERS = 40;

// What a report shows at most; together less than 8,000 characters.
const MOST_EXCHANGES = 20;
const MOST_UNROUTED = 5;
const MOST_CHARACTERS = 300;

export function tenantName(testId) {
  const words = testId.slice(testId.lastIndexOf('::') + 1).match(/[A-Za-z0-9]+/g) ?? [];
  const text = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  return text.slice(0, MOST_LETTERS) + createHash('sha256').update(testId).digest('hex').slice(0, 8);
}

/** The lines about a tenant's latest traffic since a time. Never fails, so that it hides no failure of the test. */
export async function trafficLines(server, tenant, since) {
  try {
    return [`MediusFlow traffic of ${tenant.name}:`, ...(await routed(tenant)), ...(await unrouted(server, since))];
  } catch (error) {
    return [`the traffic of ${tenant.name} is not known: ${error.message.split('\n')[0]}`];
  }
}

/** The latest exchanges. */
async function routed(tenant) {
  const latest = await tenant.cursor();
  const exchanges = await tenant.traffic('', { since: Math.max(0, latest - MOST_EXCHANGES) }).catch((error) => {
    if (!(error instanceof ApiError)) throw error;
    return tenant.traffic(); // it was reset since then
  });
  const shown = exchanges.slice(-MOST_EXCHANGES);
  if (shown.length === 0) return ['no request reached the tenant'];
  const lines = shown.flatMap(linesOf);
  return shown[0].seq > 1 ? [`the latest of ${latest}:`, ...lines] : lines;
}

function linesOf({ seq, status, method, target, summary, problem }) {
  const lines = [`#${seq} ${status} ${method} ${target}`, `   ${summary}`];
  if (problem) lines.push(`   ${problem.detail}`);
  return lines.map((line) => cut(line, Math.floor(MOST_CHARACTERS / lines.length)));
}

/** The requests that reached no tenant. */
async function unrouted(server, since) {
  const found = (await server.unrouted()).filter((it) => new Date(it.at) >= since);
  return found.slice(-MOST_UNROUTED).map(({ status, method, target, guess }) => {
    const meant = guess ? `; did the client mean ${guess}?` : '';
    return cut(`${status} ${method} ${target} reached no tenant${meant}`, MOST_CHARACTERS);
  });
}

function cut(line, most) {
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
