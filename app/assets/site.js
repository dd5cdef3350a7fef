/* What scripts add to pages that work without them: the error summary takes the focus, a password can be shown, a
 * second click within a second does nothing, a code can be copied, a page can be printed, long work counts on,
 * a petition's count goes on, and text that is being written is kept. */
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";

const COPIED_FOR_MS = 2000;
const POLL_EVERY_MS = 5000;
const SAVE_EVERY_MS = 10000;
const COUNT_EVERY_MS = 10000;
const NEVER_SAVED = new Set(["csrf_token", "autosave"]);

function enableCopying(button) {
  const label = button.firstChild;
  const words = label.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = words;
    }, COPIED_FOR_MS);
  });
}

function enablePrinting(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/* Asks for the page again; a redirect means that the work is done. Nothing moves under the reader's hands before. */
async function followWork(work) {
  const answer = await fetch(work.dataset.poll, { headers: { Accept: "text/html" } });
  if (answer.redirected || !answer.ok) {
    window.location.replace(answer.url);
    return;
  }
  const found = /data-counted="(\d+)"/.exec(await answer.text());
  if (found) {
    work.querySelector("progress").value = Number(found[1]);
    work.querySelector("[data-poll-count]").textContent = Number(found[1]).toLocaleString(document.documentElement.lang);
  }
}

function readFields(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    const { type } = form.querySelector(`[name="${CSS.escape(name)}"]`);
    if (typeof value === "string" && type !== "password" && !NEVER_SAVED.has(name)) {
      (fields[name] ??= []).push(value);
    }
  }
  return fields;
}

function writeFields(form, fields) {
  for (const field of form.elements) {
    if (!field.name || NEVER_SAVED.has(field.name) || ["hidden", "submit", "file", "password"].includes(field.type)) {
      continue;
    }
    const texts = fields[field.name] ?? [];
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = texts.includes(field.value);
    } else if (texts.length) {
      field.value = texts.shift();
    }
  }
}

/* Puts back what was being written here before, and says so; what was typed meanwhile is left alone. */
async function restoreText(form, untouched) {
  const { autosave, autosaveUrl } = form.dataset;
  const answer = await fetch(`${autosaveUrl}?form=${encodeURIComponent(autosave)}`, {
    headers: { Accept: "application/json" },
  });
  const kept = answer.ok ? await answer.json() : {};
  const isUntouched = JSON.stringify(readFields(form)) === untouched;
  if (kept.fields && isUntouched && JSON.stringify(kept.fields) !== untouched) {
    writeFields(form, structuredClone(kept.fields));
    const notice = document.querySelector("[data-autosave-notice]");
    notice.querySelector("p").textContent = kept.notice;
    notice.hidden = false;
    return JSON.stringify(readFields(form));
  }
  return untouched;
}

/* Keeps what is being written every ten seconds, when it has changed. */
async function keepText(form) {
  const { autosave, autosaveUrl } = form.dataset;
  // Taken before anything is fetched: what is typed meanwhile must still count as new.
  let known = JSON.stringify(readFields(form));
  if ("autosaveRestore" in form.dataset) {
    known = await restoreText(form, known).catch(() => known);
  }
  setInterval(async () => {
    const fields = readFields(form);
    const present = JSON.stringify(fields);
    if (present === known) {
      return;
    }
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": form.elements.csrf_token.value,
    };
    const body = JSON.stringify({ form: autosave, fields });
    const answer = await fetch(autosaveUrl, { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok) {
      known = present;
      form.dataset.autosaved = "";
    }
  }, SAVE_EVERY_MS);
}

/* Keeps a petition's count and its age in step with the server. */
function followCount(age) {
  const shown = document.querySelector("[data-count]");
  let at = Number(age.dataset.countAt);
  const tell = () => {
    const seconds = Math.max(0, Math.round(Date.now() / 1000 - at));
    age.textContent = age.dataset.countText.replace("{seconds}", seconds.toLocaleString(document.documentElement.lang));
  };
  const ask = async () => {
    const answer = await fetch(age.dataset.countUrl, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const counted = await answer.json();
      shown.textContent = counted.count.toLocaleString(document.documentElement.lang);
      at = counted.at ?? at;
      tell();
    }
  };
  // No connection for a moment is no reason to stop.
  setInterval(() => ask().catch(() => {}), COUNT_EVERY_MS);
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(ErrorSummary);
createAll(PasswordInput);
createAll(Button, { preventDoubleClick: true });
if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach(enableCopying);
}
document.querySelectorAll("form[data-autosave]").forEach(keepText);
document.querySelectorAll("[data-count-url]").forEach(followCount);
document.querySelectorAll("[data-print]").forEach(enablePrinting);
document.querySelectorAll("[data-poll]").forEach((work) => {
  // No connection for a moment is no reason to stop.
  setInterval(() => followWork(work).catch(() => {}), POLL_EVERY_MS);
});
