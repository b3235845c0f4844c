// What the pages of the server do besides showing; all of them work without it.
"use strict";

// Buttons that only a script can make work are hidden in the page.
for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select(); // The clipboard is for safe origins alone; an older way is not.
    document.execCommand("copy");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const form = button.form;
  if (form) event.preventDefault();
  await copy(document.getElementById(button.dataset.copy));
  if (form) form.requestSubmit(button);
  else document.getElementById("said").textContent = "Copied";
});

// A form that carries an answer to another site is pressed at once.
document.querySelector("form[data-submit]")?.requestSubmit();

// A window is open without script, too, with the page behind it inert; this makes it a true modal one.
const dialog = document.querySelector("dialog[open]");
if (dialog) {
  dialog.close();
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dialog.querySelector("[data-cancel]").click();
  });
}

// Live: the server says that something has changed, and the marked parts of the page are fetched again,
// once a second at most. A part that holds the focus waits.
let { changes, seen } = document.body.dataset;
let isDue = false;
let timer = 0;

// Whether a part is left that waits.
async function renew() {
  let isLeft = false;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected) return location.reload();
  if (!answer.ok) return isLeft;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = next.getElementById(part.id);
    if (!newer || part.outerHTML === newer.outerHTML) continue;
    if (part.contains(document.activeElement)) isLeft = true;
    else part.replaceWith(newer);
  }
  return isLeft;
}

function soon() {
  isDue = true;
  timer ||= setTimeout(async () => {
    isDue = false;
    const isLeft = await renew().catch(() => false);
    timer = 0;
    if (isDue) soon();
    else if (isLeft) document.addEventListener("focusout", soon, { once: true });
  }, 1000);
}

if (changes) {
  const events = new EventSource(changes);
  const live = document.getElementById("live");
  events.onopen = () => { if (live) live.hidden = false; };
  events.onerror = () => { if (live) live.hidden = true; };
  events.onmessage = ({ data }) => {
    if (seen !== data) soon();
    seen = data;
  };
  addEventListener("pagehide", () => events.close());
}
