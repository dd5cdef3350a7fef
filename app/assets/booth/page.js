/**
 * What the three pages have in common: words, views, steps, progress. The words are the server's, translated, in
 * <template data-text="NAME"> elements; nothing here writes markup from strings.
 *
 * A page is one root element that holds views (data-view="NAME"), of which one is shown, parts that scripts fill
 * (data-part="NAME") and the texts.
 */

/** Draw a code in groups of eight; the gaps are drawn, so that selecting gives the code itself. */
export function fillCode(element, code) {
  const groups = code.match(/.{1,8}/g) ?? [];
  element.replaceChildren(
    ...groups.flatMap((group) => {
      const span = document.createElement("span");
      span.textContent = group;
      return [span, document.createElement("wbr")];
    }),
  );
}

export class Page {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.data = root.dataset;
  }

  /**
   * @param {string} name of a text
   * @param {Record<string, any>} [values] put in place of {name}
   * @returns {string}
   */
  text(name, values = {}) {
    const template = this.root.querySelector(`template[data-text="${CSS.escape(name)}"]`);
    const words = template?.content.textContent.trim() ?? name;
    return words.replace(/\{(\w+)\}/g, (gap, key) => String(values[key] ?? gap));
  }

  /** The words for a refusal's code; a general sentence with the code where there are none. */
  errorText(error) {
    const code = error?.code ?? "unexpected";
    const name = `error-${code}`;
    const where = Object.entries(error?.where ?? {}).map(([part, value]) => `${part} ${value}`);
    const words = this.text(name);
    return words === name ? this.text("error-check-failed", { code: [code, ...where].join(", ") }) : words;
  }

  /** @param {string} name @returns {HTMLElement} a part that scripts fill; anywhere on the page */
  part(name) {
    return document.querySelector(`[data-part="${CSS.escape(name)}"]`);
  }

  /** Fill a part with words. */
  fill(name, words) {
    this.part(name).textContent = words;
  }

  /** Show one view, and move the focus to its heading unless told not to. */
  show(name, { focus = true } = {}) {
    for (const view of this.root.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
    for (const extra of document.querySelectorAll("[data-with-view]")) extra.hidden = extra.dataset.withView !== name;
    const view = this.root.querySelector(`[data-view="${CSS.escape(name)}"]`);
    if (view.dataset.step) this.#setStep(Number(view.dataset.step));
    if (focus) view.querySelector("[tabindex='-1']")?.focus();
  }

  /** Mark the current step in the list of steps. */
  #setStep(number) {
    document.querySelectorAll(".hw-steps__step").forEach((step, i) => {
      const current = i + 1 === number;
      step.classList.toggle("hw-steps__step--current", current);
      if (current) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
  }

  /** Move a progress bar; the words beside it are announced at most every few seconds by the live region. */
  progress(name, fraction, words) {
    const part = this.part(name);
    part.querySelector("progress").value = fraction;
    const label = part.querySelector("[role='status']");
    if (words !== undefined && label.textContent !== words) label.textContent = words;
  }

  /** Show a refusal: what happened, why, what to do. Focus goes to it, so that it is read. */
  refuse(name, { title, detail, advice }) {
    const part = this.part(name);
    part.hidden = false;
    part.querySelector("[data-title]").textContent = title;
    for (const [selector, words] of [["[data-detail]", detail], ["[data-advice]", advice]]) {
      const element = part.querySelector(selector);
      element.textContent = words ?? "";
      element.hidden = !words;
    }
    part.focus();
  }

  /** Show the view "failed" for an error from which the page cannot go on. */
  fail(error) {
    this.fill("failure", this.errorText(error));
    this.show("failed");
  }
}
