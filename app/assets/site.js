/* What scripts add to pages that work without them: the error summary takes the focus, a password can be shown, a
 * second click within a second does nothing, a code can be copied, a page can be printed. */
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";

const COPIED_FOR_MS = 2000;

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

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(ErrorSummary);
createAll(PasswordInput);
createAll(Button, { preventDoubleClick: true });
if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach(enableCopying);
}
document.querySelectorAll("[data-print]").forEach(enablePrinting);
