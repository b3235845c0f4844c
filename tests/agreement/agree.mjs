// Does another implementation find the same users by the same filters?
//
//   npm install --no-save --prefix target/agreement scim2-parse-filter@0.2.10
//   cargo build && node tests/agreement/agree.mjs [FILTERS [SEED]]
//
// 200 users are made over HTTP on a server of the profile `rfc`, and as many filters as asked for
// (1,500 if not said) are answered by the server and by scim2-parse-filter, which looks at the users
// as the server shows them. That package knows no schema: it compares texts by their bytes and sees
// only what is there. So where the two differ, its side is given one `reading` after the other, each
// of them what a section of the RFCs says; a difference that no reading explains fails the run.
// `tests/agreement/README.md` has the figures.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { CORE, ENTERPRISE, dice, filters, people } from "./generate.mjs";
import { READINGS, find } from "./readings.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const peer = createRequire(root + "target/agreement/")("scim2-parse-filter");

const count = Number(process.argv[2] ?? 1500);
const seed = Number(process.argv[3] ?? 1);
const USERS = 200;

/** Starts a server on a free port, and says how to reach it. */
async function start() {
  const program = process.env.MEDIUSFLOW_MOCK ?? root + "target/debug/mediusflow-mock";
  const options = ["--port", "0", "--profile", "rfc", "--users", "0", "--groups", "0"];
  const server = spawn(program, ["serve", ...options, "--log-format", "json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    return { server, ...JSON.parse(line) };
  }
  throw new Error("the server did not start");
}

/** Sends a request to the SCIM service, and reads its answer. */
async function ask({ scimUrl, secretKey }, path, body) {
  const answer = await fetch(scimUrl + path, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${secretKey}`, "content-type": "application/scim+json" },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Makes the users and two groups, and lists the users as they are shown. */
async function fill(service, roll) {
  const ids = [];
  for (const person of people(roll, USERS)) {
    if (person[ENTERPRISE]?.manager) person[ENTERPRISE].manager = { value: roll.of(ids) };
    const made = await ask(service, "/Users", person);
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    ids.push(made.body.id);
  }
  const group = CORE.replace(/User$/, "Group");
  for (const displayName of ["Approvers", "Stockholm"]) {
    const members = ids.filter(() => roll.chance(0.3)).map((value) => ({ value }));
    await ask(service, "/Groups", { schemas: [group], displayName, members });
  }
  const list = await ask(service, `/Users?count=${USERS}`);
  return list.body.Resources;
}

/** The ids that the server finds, or its refusal. */
async function ours(service, text) {
  const path = `/Users?count=${USERS}&attributes=id&filter=${encodeURIComponent(text)}`;
  const { status, body } = await ask(service, path);
  if (status !== 200) return { refused: `${body.scimType}: ${body.detail}` };
  return { ids: body.Resources.map((it) => it.id) };
}

/** The ids that the other implementation finds under these readings, or its refusal. */
function theirs(users, text, readings) {
  try {
    return { ids: find(text, users, readings, peer).map((user) => user.id) };
  } catch (error) {
    return { refused: error.message };
  }
}

const isSame = (one, other) => one.ids?.join() === other.ids?.join();

/** The fewest readings that make their side agree; nothing if all of them do not. */
function explained(users, text, expected) {
  const all = Object.keys(READINGS);
  if (!isSame(theirs(users, text, all), expected)) return undefined;
  return all.reduce((needed, name) => {
    const fewer = needed.filter((it) => it !== name);
    return isSame(theirs(users, text, fewer), expected) ? fewer : needed;
  }, all);
}

/** What became of the filters: by name, how many, and the first of them. */
class Outcomes extends Map {
  note(name, text) {
    const { count, example } = this.get(name) ?? { count: 0, example: text };
    // The shortest says most.
    const shorter = text.length < example.length ? text : example;
    this.set(name, { count: count + 1, example: shorter });
  }

  print(title) {
    console.log(`${title}:`);
    for (const [name, it] of [...this].sort(([, a], [, b]) => b.count - a.count)) {
      console.log(`${String(it.count).padStart(7)}  ${name}\n         ${it.example}`);
    }
  }
}

const roll = dice(seed);
const service = await start();
try {
  const users = await fill(service, roll);
  const [outcomes, needed] = [new Outcomes(), new Outcomes()];
  for (const text of filters(roll, users, count)) {
    const [left, right] = [await ours(service, text), theirs(users, text, [])];
    if (left.refused) {
      const who = right.refused ? "refused by both" : "refused by us alone";
      const section = left.refused.match(/RFC \d+ §[\d.]*\d/)?.[0] ?? "UNEXPLAINED";
      outcomes.note(`${who} (${section})`, `${text}  →  ${left.refused}`);
    } else if (isSame(left, right)) {
      const isTelling = left.ids.length > 0 && left.ids.length < users.length;
      outcomes.note(`the same users${isTelling ? "" : ", all or none"}`, text);
    } else {
      const readings = explained(users, text, left);
      outcomes.note(readings ? "the same users, by the readings below" : "UNEXPLAINED", text);
      for (const name of readings ?? []) needed.note(READINGS[name].says, text);
    }
  }
  console.log(`${count} filters × ${users.length} users, seed ${seed}\n`);
  outcomes.print("filters");
  needed.print("\nreadings, and how many filters need each");
  const isClear = [...outcomes.keys()].every((it) => !it.includes("UNEXPLAINED"));
  process.exitCode = isClear ? 0 : 1;
} finally {
  service.server.kill();
}
