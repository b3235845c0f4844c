// The pictures of the docs come from the tests: each one below docs/pictures was made by this run, in the same
// size, each that was made is there, and a page shows it. What they show is not compared.
//
//     node figures.mjs MADE DOCS
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { size } from "./png.mjs";

const LARGEST = 60_000; // Bytes; a reader loads all of a page's pictures.

const [made, docs] = process.argv.slice(2);
const kept = join(docs, "pictures");
const pictures = (folder) => readdirSync(folder).filter((it) => it.endsWith(".png")).sort();
const pages = readdirSync(docs).filter((it) => it.endsWith(".md"));
const text = pages.map((it) => readFileSync(join(docs, it), "utf8")).join("\n");

const wrong = [];
for (const name of new Set([...pictures(made), ...pictures(kept)])) {
  if (!pictures(made).includes(name)) wrong.push(`${name} is made by no test`);
  else if (!pictures(kept).includes(name)) wrong.push(`${name} is not in docs/pictures: .ci/browser --pictures`);
  else {
    const [before, now] = [kept, made].map((folder) => readFileSync(join(folder, name)));
    const [old, recent] = [before, now].map((it) => size(it).join(" × "));
    if (old !== recent) wrong.push(`${name} is ${old} px, and the tests make it ${recent}`);
    if (before.length > LARGEST) wrong.push(`${name} has ${before.length} bytes, at most ${LARGEST} are wanted`);
    if (!text.includes(`](pictures/${name})`)) wrong.push(`${name} is shown by no page of the docs`);
  }
}
if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log(`${pictures(kept).length} pictures of the docs, as the tests make them`);
