// What the RFCs say beyond the bytes, each as something that can be done to a parsed filter or to the
// users: so that an implementation that knows no schema follows it, too.

import { CORE, ENTERPRISE } from "./generate.mjs";

/** The attributes whose texts are compared by their bytes (`caseExact` is true). */
const EXACT = new Set([
  "id", "externalid", "profileurl", "meta.resourcetype", "meta.location", "meta.version",
  "groups.value", "groups.$ref", "manager.value", "manager.$ref",
]);
/** The complex attributes that have a `value`. */
const COMPLEX = new Set(["emails", "groups", "manager"]);
const TIMES = new Set(["meta.created", "meta.lastmodified"]);

/** Brackets, and the test that follows them after a dot. */
const AFTER_BRACKETS = /\[([^\]]*)\]\.(\w+ (?:pr\b|\w+ (?:"[^"]*"|\w+)))/gi;

/** An attribute without its schema, in lower case. */
const plain = (path) => path.slice(path.lastIndexOf(":") + 1).toLowerCase();

const isComparison = (it) => "compValue" in it;
const present = (attrPath) => ({ op: "pr", attrPath });
const not = (filter) => ({ op: "not", filter });

/**
 * Each reading changes the text before it is parsed, one test (`inside` is the attribute before the
 * brackets around it), a user, or how brackets are looked at.
 */
export const READINGS = {
  json: {
    says: "texts are written as JSON writes them (RFC 7644 §3.4.2.2, compValue)",
    keepsTexts: true,
  },
  same: {
    says: "what follows brackets is tested of the same value (RFC 7644 §3.5.2, as paths have it)",
    text: (it) => it.replace(AFTER_BRACKETS, "[($1) and $2]"),
  },
  brackets: {
    says: "brackets are tested of one value at a time (RFC 7644 §3.4.2.2, valuePath)",
    isOfOneValue: true,
  },
  core: {
    says: "the core schema's URN before an attribute is left out (RFC 7644 §3.10)",
    test: (it) => {
      const isCore = it.attrPath.toLowerCase().startsWith(`${CORE.toLowerCase()}:`);
      return isCore ? { ...it, attrPath: it.attrPath.slice(CORE.length + 1) } : it;
    },
  },
  value: {
    says: "a complex attribute is compared by its value (RFC 7644 §3.4.2.2)",
    test: (it) => {
      const isMeant = isComparison(it) && COMPLEX.has(plain(it.attrPath)) && it.compValue !== null;
      return isMeant ? { ...it, attrPath: `${it.attrPath}.value` } : it;
    },
  },
  nothing: {
    says: "null is the same as no value (RFC 7643 §2.5)",
    test: (it) => {
      if (!isComparison(it) || it.compValue !== null) return it;
      return it.op === "eq" ? not(present(it.attrPath)) : present(it.attrPath);
    },
  },
  absent: {
    says: "an attribute without a value is not equal to any (RFC 7643 §2.5)",
    test: (it) =>
      it.op === "ne" && it.compValue !== null
        ? { op: "or", filters: [it, not(present(it.attrPath))] }
        : it,
  },
  exact: {
    says: "texts are compared without case unless caseExact (RFC 7643 §2.2, §7)",
    test: (it, inside) => {
      const isMeant = typeof it.compValue === "string" && isFolded(joined(inside, it));
      return isMeant ? { ...it, compValue: it.compValue.toLowerCase() } : it;
    },
    user: (user) => folded(user, ""),
  },
  order: {
    says: "times are compared as moments (RFC 7644 §3.4.2.2, gt)",
    test: (it, inside) => {
      const isMeant = isComparison(it) && TIMES.has(joined(inside, it));
      return isMeant ? { ...it, compValue: moment(it.compValue) } : it;
    },
    user: ({ meta, ...user }) => {
      const times = { created: moment(meta.created), lastModified: moment(meta.lastModified) };
      return { ...user, meta: { ...meta, ...times } };
    },
  },
};

/** In UTC and nine digits of a second; a Date has three. */
function moment(text) {
  const [, fraction = ""] = /\.(\d+)/.exec(text) ?? [];
  const second = new Date(text.replace(/\.\d+/, "")).toISOString().slice(0, 19);
  return `${second}.${fraction.padEnd(9, "0")}Z`;
}

const joined = (inside, it) => plain(inside ? `${inside}.${it.attrPath}` : it.attrPath);

function isFolded(path) {
  const whole = COMPLEX.has(path) ? `${path}.value` : path;
  return !EXACT.has(whole) && !TIMES.has(whole);
}

/** A user whose texts are in lower case where case does not count. */
function folded(value, path) {
  if (Array.isArray(value)) return value.map((it) => folded(it, path));
  if (typeof value === "string") return isFolded(path) ? value.toLowerCase() : value;
  if (typeof value !== "object" || value === null) return value;
  const below = (key) => (path && !path.startsWith("urn:") ? `${path}.${plain(key)}` : plain(key));
  const parts = Object.entries(value).map(([key, it]) => [key, folded(it, below(key))]);
  return Object.fromEntries(parts);
}

/** The users that a text finds under these readings, with the other implementation's functions. */
export function find(text, users, readings, { parse, filter }) {
  const all = readings.map((name) => READINGS[name]);
  const texts = [];
  const named = (it) => `"text ${texts.push(JSON.parse(it)) - 1}"`;
  let read = all.some((it) => it.keepsTexts) ? text.replace(/"(?:[^"\\]|\\.)*"/g, named) : text;
  read = all.reduce((it, { text }) => (text ? text(it) : it), read);
  let tree = walked(parse(read), (it) => {
    const place = /^text (\d+)$/.exec(it.compValue)?.[1];
    return place === undefined ? it : { ...it, compValue: texts[place] };
  });
  tree = all.reduce((it, { test }) => (test ? walked(it, test) : it), tree);
  let people = all.reduce((list, { user }) => (user ? list.map(user) : list), users);
  if (all.some((it) => it.isOfOneValue)) [tree, people] = oneByOne(tree, people, filter);
  return people.filter(filter(tree));
}

/** The same with each pair of brackets answered beforehand, value by value. */
function oneByOne(tree, users, filter) {
  const answers = [];
  const answered = replaced(tree, (it) => {
    const passes = filter(it.valFilter);
    const key = Object.keys(users[0]).find((one) => plain(one) === plain(it.attrPath));
    answers.push((user) => [user[key ?? it.attrPath] ?? []].flat().some((value) => passes(value)));
    return { op: "eq", attrPath: `answer${answers.length - 1}`, compValue: true };
  });
  const known = (user) => answers.map((answer, at) => [`answer${at}`, answer(user)]);
  return [answered, users.map((user) => ({ ...user, ...Object.fromEntries(known(user)) }))];
}

/** A filter with each of its tests changed. */
function walked(filter, change, inside) {
  switch (filter.op) {
    case "and":
    case "or":
      return { ...filter, filters: filter.filters.map((it) => walked(it, change, inside)) };
    case "not":
      return { ...filter, filter: walked(filter.filter, change, inside) };
    case "[]":
      return { ...filter, valFilter: walked(filter.valFilter, change, filter.attrPath) };
    default:
      return change(filter, inside);
  }
}

/** A filter with something else in the place of each pair of brackets. */
function replaced(filter, brackets) {
  if (filter.op === "[]") return brackets(filter);
  if (filter.op === "not") return { ...filter, filter: replaced(filter.filter, brackets) };
  if (!filter.filters) return filter;
  return { ...filter, filters: filter.filters.map((it) => replaced(it, brackets)) };
}
