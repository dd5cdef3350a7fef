/**
 * Errors linked to their fields: a summary that takes the focus, and beside each field its own message. The markup
 * is the server's: a summary with data-part="errors", and in each field an element with data-error.
 */

/**
 * Show errors, or clear them when the list is empty.
 * @param {import("./page.js").Page} page
 * @param {{field: HTMLElement, target: HTMLElement, text: string}[]} errors `field` is the group that has [data-error]
 *   in it, `target` the control that the summary links to
 */
export function showErrors(page, errors) {
  clearErrors(page);
  if (errors.length === 0) return;
  const summary = page.part("errors");
  summary.querySelector("ul").replaceChildren(...errors.map(summaryItem));
  for (const { field, target, text } of errors) markField(field, target, text);
  summary.hidden = false;
  summary.focus();
}

/** Take every error away. */
export function clearErrors(page) {
  page.part("errors").hidden = true;
  for (const message of page.root.querySelectorAll("[data-error]")) {
    message.hidden = true;
    message.querySelector("[data-error-text]").textContent = "";
    message.closest(".govuk-form-group").classList.remove("govuk-form-group--error");
  }
  for (const control of page.root.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.classList.remove("govuk-input--error");
  }
}

function summaryItem({ target, text }) {
  const link = document.createElement("a");
  link.href = `#${target.id}`;
  link.textContent = text;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    target.focus();
  });
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function markField(field, target, text) {
  const message = field.querySelector("[data-error]");
  message.hidden = false;
  message.querySelector("[data-error-text]").textContent = text;
  field.classList.add("govuk-form-group--error");
  target.setAttribute("aria-invalid", "true");
  if (target.matches("input[type=text], input[type=password]")) target.classList.add("govuk-input--error");
}
