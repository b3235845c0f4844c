// People and filters from a number: the same one gives the same.

export const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const MEDIUS = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

/** Dice that fall alike for a seed (mulberry32). */
export function dice(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, chance: (share) => next() < share, of: (list) => list[below(list.length)] };
}

const GIVEN = ["Anna", "anna", "Åsa", "Bo", "BO", "Cecilia", "Émile", "José", "Zoë", "Li"];
const FAMILY = ["Larsson", "larsson", "O'Brien", "Ek", "von Ahn", "Öberg", "Smith-Jones", "Weiß"];
const TITLES = ["Clerk", "clerk", "Head of \"Tours\"", "CFO", "100% temp", "a\\b"];
const TYPES = ["work", "home", "other", "Work"];

/** So many users with attributes of every shape, each of them missing in some. */
export function* people(roll, count) {
  const maybe = (share, make) => (roll.chance(share) ? make() : undefined);
  for (let number = 0; number < count; number++) {
    const [givenName, familyName] = [roll.of(GIVEN), roll.of(FAMILY)];
    const mail = (type) => ({
      value: `${givenName}.${number}@${type}.example`.toLowerCase(),
      type,
      display: maybe(0.3, () => givenName),
    });
    const emails = TYPES.filter(() => roll.chance(0.4)).map(mail);
    if (emails.length > 0 && roll.chance(0.7)) emails[0].primary = true;
    yield {
      schemas: [CORE, ENTERPRISE, MEDIUS],
      userName: `${roll.of(["u", "U", "å"])}${number}@Contoso.com`,
      externalId: maybe(0.7, () => `${roll.of(["E", "e"])}-${roll.below(50)}`),
      displayName: maybe(0.8, () => `${givenName} ${familyName}`),
      name: maybe(0.8, () => ({ givenName, familyName: maybe(0.8, () => familyName) })),
      title: maybe(0.5, () => roll.of(TITLES)),
      userType: maybe(0.5, () => roll.of(["Employee", "Contractor"])),
      profileUrl: maybe(0.3, () => `https://${roll.of(["a", "A"])}.example/${roll.below(9)}`),
      active: maybe(0.8, () => roll.chance(0.6)),
      emails,
      addresses: maybe(0.4, () => [
        { type: roll.of(TYPES.slice(0, 3)), country: roll.of(["SE", "NO", "se"]), locality: "Umeå" },
      ]),
      [ENTERPRISE]: {
        department: maybe(0.6, () => roll.of(["Tours", "tours", "IT"])),
        manager: maybe(number > 0 ? 0.5 : 0, () => ({})),
      },
      [MEDIUS]: {
        configurationFilter: maybe(0.5, () => roll.of(["SE", "NO"])),
        customFieldText1: maybe(0.5, () => String(roll.below(20))),
      },
    };
  }
}

const TEXT = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "eq", "pr", "null"];
const BOOLEAN = ["eq", "ne", "eq", "ne", "pr", "null", "gt"];
const TIME = ["gt", "ge", "lt", "le", "eq", "ne", "pr"];
const SHAPE = ["pr", "eq"];

/** What is filtered by, and with which operators. */
const ATTRIBUTES = [
  ["userName", TEXT], ["externalId", TEXT], ["displayName", TEXT], ["title", TEXT], ["id", TEXT],
  ["userType", TEXT], ["profileUrl", TEXT], ["active", BOOLEAN], ["name.givenName", TEXT],
  ["name.familyName", TEXT], ["NAME.familyname", TEXT], ["nickName", TEXT], ["name", SHAPE],
  ["emails", TEXT], ["emails.value", TEXT], ["emails.type", TEXT], ["emails.display", TEXT],
  ["emails.primary", BOOLEAN], ["addresses.country", TEXT], ["addresses.locality", TEXT],
  ["groups.display", TEXT], ["groups", TEXT], ["meta.resourceType", TEXT], ["meta.created", TIME],
  ["meta.lastModified", TIME], [`${CORE}:userName`, TEXT], [`${CORE}:name.givenName`, TEXT],
  [`${ENTERPRISE}:department`, TEXT], [`${ENTERPRISE.toUpperCase()}:Department`, TEXT],
  [`${ENTERPRISE}:manager`, TEXT], [`${ENTERPRISE}:manager.value`, TEXT],
  [`${ENTERPRISE}:manager.displayName`, TEXT], [`${MEDIUS}:customFieldText1`, TEXT],
  [`${MEDIUS}:configurationFilter`, TEXT],
];

/** Multi-valued attributes, and what is filtered by in brackets. */
const LISTS = [
  ["emails", [["value", TEXT], ["type", TEXT], ["display", TEXT], ["primary", BOOLEAN]]],
  ["addresses", [["country", TEXT], ["type", TEXT], ["locality", TEXT], ["region", TEXT]]],
  ["groups", [["value", TEXT], ["display", TEXT], ["type", TEXT]]],
];

const TIMES = ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00+02:00", "2026-01-31T08:00:00.000Z"];

/** So many filters, most of which ask for values that some user has. */
export function* filters(roll, users, count) {
  for (let number = 0; number < count; number++) yield group(roll, users, roll.below(4));
}

function group(roll, users, depth) {
  if (depth === 0) return roll.chance(0.25) ? valuePath(roll, users) : test(roll, users, ATTRIBUTES);
  const inner = () => group(roll, users, depth - 1 - roll.below(depth));
  const grouped = (text) => (roll.chance(0.4) ? `(${text})` : text);
  if (roll.chance(0.2)) return `not (${inner()})`;
  const word = roll.of([" and ", " or ", " AND ", " Or "]);
  return Array.from({ length: 2 + roll.below(2) }, () => grouped(inner())).join(word);
}

function valuePath(roll, users) {
  const [list, subs] = roll.of(LISTS);
  const inside = () => test(roll, users, subs, list);
  const several = () => [inside(), inside()].join(roll.of([" and ", " or "]));
  const filter = roll.of([inside, several, () => `not (${inside()})`, several])();
  return `${list}[${filter}]${roll.chance(0.15) ? `.${inside()}` : ""}`;
}

function test(roll, users, attributes, list) {
  const [name, ops] = roll.of(attributes);
  const op = roll.of(ops);
  if (op === "pr") return `${name} ${roll.of(["pr", "PR"])}`;
  if (op === "null") return `${name} ${roll.of(["eq", "ne"])} null`;
  if (ops === BOOLEAN) return `${name} ${op} ${roll.chance(0.5)}`;
  if (ops === TIME) return `${name} ${op} ${JSON.stringify(time(roll, users))}`;
  const whole = text(roll, users, list ? `${list}.${name}` : name);
  const from = roll.below(whole.length);
  const to = from + 1 + roll.below(whole.length - from);
  const parts = { co: [from, to], sw: [0, to], ew: [from] };
  const part = parts[op] ? whole.slice(...parts[op]) : whole;
  const cased = roll.of([part, part, part.toUpperCase(), part.toLowerCase()]);
  return `${name} ${roll.chance(0.1) ? op.toUpperCase() : op} ${JSON.stringify(cased)}`;
}

function time(roll, users) {
  const { created, lastModified } = roll.of(users).meta;
  const shifted = created.replace("Z", "+00:00");
  return roll.of([...TIMES, created, lastModified, shifted]);
}

/** A value that some user has there, or a text that none has. */
function text(roll, users, name) {
  const urn = [CORE, ENTERPRISE, MEDIUS].find((it) => name.toLowerCase().startsWith(`${it.toLowerCase()}:`));
  const path = (urn ? name.slice(urn.length + 1) : name).split(".");
  const start = (user) => (urn && urn !== CORE ? [user[urn] ?? {}] : [user]);
  const step = (values, key) =>
    values.flatMap((it) => {
      const found = Object.keys(it).find((one) => one.toLowerCase() === key.toLowerCase());
      return found === undefined ? [] : [it[found]].flat();
    });
  for (let attempt = 0; attempt < 5; attempt++) {
    let values = path.reduce(step, start(roll.of(users)));
    values = values.map((it) => it?.value ?? it).filter((it) => typeof it === "string" && it !== "");
    if (values.length > 0) return roll.of(values);
  }
  return roll.of(["none", "SE", "a"]);
}
