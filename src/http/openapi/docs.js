// Shows the document that stands beside this page, and sends the calls that a reader tries.
"use strict";

const list = document.getElementById("list");
const token = document.getElementById("token");
const search = document.getElementById("search");

function make(name, text, parent) {
  const element = document.createElement(name);
  element.textContent = text ?? "";
  parent?.append(element);
  return element;
}

const named = (reference) => reference.split("/").pop();

// Addresses are below that of the page, wherever a proxy has put it.
const below = (path) => new URL("." + path, document.baseURI);

function field(form, label, id) {
  make("label", label, form).htmlFor = id;
  const input = make("input", "", form);
  input.id = id;
  input.autocomplete = "off";
  return input;
}

function show(spec, path, method, operation) {
  const block = document.createElement("details");
  block.id = operation.operationId;
  block.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  const head = make("summary", "", block);
  make("span", method.toUpperCase(), head).className = "method";
  make("code", path, head);
  make("span", operation.summary, head).className = "words";
  const open = () => fill(spec, path, method, operation, block);
  block.addEventListener("toggle", open, { once: true });
  block.addEventListener("toggle", () => {
    if (block.open && location.hash !== `#${block.id}`) history.pushState(null, "", `#${block.id}`);
  });
  return block;
}

function fill(spec, path, method, operation, block) {
  const answers = make("ul", "", block);
  answers.className = "answers";
  for (const [status, answer] of Object.entries(operation.responses)) {
    const of = answer.$ref ? named(answer.$ref) : answer.description;
    const kinds = Object.entries(answer.content ?? {}).map(([kind, it]) =>
      it.schema.$ref ? `${kind} (${named(it.schema.$ref)})` : kind);
    make("li", `${status} ${of} ${kinds.join(", ")}`, answers);
  }
  const form = make("form", "", block);
  const inputs = operation.parameters.map((it) => {
    const label = `${it.name}${it.required ? " *" : ""} (${it.schema.type})`;
    const input = field(form, label, `${block.id}-${it.name}`);
    input.required = it.required ?? false;
    return [it, input];
  });
  const [kind, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  let text;
  if (kind) {
    const name = body.schema.$ref ? named(body.schema.$ref) : "";
    make("label", `Body: ${kind} (${name})`, form).htmlFor = `${block.id}-body`;
    text = make("textarea", "{}", form);
    text.id = `${block.id}-body`;
    text.spellcheck = false;
    make("pre", JSON.stringify(spec.components.schemas[name], null, 2), form).tabIndex = 0;
  }
  make("button", "Try it", form);
  const answer = make("pre", "", form);
  answer.className = "answer";
  answer.tabIndex = 0;
  answer.setAttribute("role", "status");
  answer.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answer.hidden = false;
    answer.textContent = "…";
    answer.textContent = await tried(path, method, inputs, kind, text);
  });
}

// What a call is answered, as text.
async function tried(path, method, inputs, kind, text) {
  let target = path;
  const query = new URLSearchParams();
  for (const [it, input] of inputs) {
    const value = encodeURIComponent(input.value);
    if (it.in === "path") target = target.replace(`{${it.name}}`, () => value);
    else if (input.value) query.set(it.name, input.value);
  }
  const url = below(target);
  url.search = query;
  const headers = {};
  if (token.value) headers.authorization = `Bearer ${token.value}`;
  if (text) headers["content-type"] = kind;
  try {
    const got = await fetch(url, { method: method.toUpperCase(), headers, body: text?.value });
    const said = await got.text();
    let shown = said;
    try { shown = JSON.stringify(JSON.parse(said), null, 2); } catch { /* it is no JSON */ }
    return `${got.status} ${got.statusText}\n${shown}`;
  } catch (error) {
    return String(error);
  }
}

// Hides what has not every word, and headings with nothing below them.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const section of list.querySelectorAll("section")) {
    let some = false;
    for (const block of section.querySelectorAll("details")) {
      const fits = words.every((it) => block.dataset.words.includes(it));
      block.hidden = !fits;
      some ||= fits;
      count += fits;
    }
    section.hidden = !some;
  }
  const total = list.querySelectorAll("details").length;
  document.getElementById("found").textContent = `${count} of ${total} addresses`;
}

// Opens the address that the page's own one names.
function follow() {
  const block = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (const open of list.querySelectorAll("details[open]")) {
    if (open !== block) open.open = false;
  }
  if (block?.tagName !== "DETAILS") return;
  block.open = true;
  block.scrollIntoView();
}

async function start() {
  const about = document.getElementById("about");
  const got = await fetch(below("/openapi.json"));
  if (!got.ok) {
    about.textContent = `The document could not be read: ${got.status} ${got.statusText}`;
    return;
  }
  const spec = await got.json();
  about.firstChild.textContent = `${spec.info.description} Version ${spec.info.version}. `;
  for (const tag of spec.tags) {
    const section = make("section", "", list);
    make("h2", tag.name, section);
    for (const [path, methods] of Object.entries(spec.paths))
      for (const [method, operation] of Object.entries(methods))
        if (operation.tags[0] === tag.name) section.append(show(spec, path, method, operation));
  }
  search.addEventListener("input", filter);
  window.addEventListener("popstate", follow);
  filter();
  follow();
}

start();
