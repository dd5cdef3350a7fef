/* What scripts add to pages that work without them: the error summary takes the focus, a password can be shown, a
 * second click within a second does nothing, a code can be copied, a page can be printed, long work counts on. */
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";

const COPIED_FOR_MS = 2000;
const POLL_EVERY_MS = 5000;

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

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(ErrorSummary);
createAll(PasswordInput);
createAll(Button, { preventDoubleClick: true });
if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach(enableCopying);
}
document.querySelectorAll("[data-print]").forEach(enablePrinting);
document.querySelectorAll("[data-poll]").forEach((work) => {
  // No connection for a moment is no reason to stop.
  setInterval(() => followWork(work).catch(() => {}), POLL_EVERY_MS);
});
