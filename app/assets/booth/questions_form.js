/**
 * The questions as fields: one fieldset each, made from the server's templates; radios where at most one answer may
 * be chosen, checkboxes otherwise, the blank vote last. What is chosen lives in these fields only.
 */
import { demandAllowed } from "./choices.js";
import { CheckFailed } from "./errors.js";

const BLANK = "blank";
const NONE = "none";

/** The sentence that says how many answers may be chosen. */
function ruleText(page, { min, max }) {
  if (max === 1) return page.text(min === 1 ? "choose-one" : "choose-one-or-none");
  if (min === max) return page.text("choose-exactly", { min });
  return page.text(min === 0 ? "choose-up-to" : "choose-between", { min, max });
}

/** The rows of a question: [value, text], blank vote and "no answer" last. */
function rowsOf(page, { answers, blank, min, max }) {
  const rows = answers.map((answer, i) => [String(i), answer]);
  if (blank) rows.push([BLANK, page.text("blank-choice")]);
  if (min === 0 && max === 1) rows.push([NONE, page.text("no-answer")]);
  return rows;
}

export class QuestionsForm {
  #questions = [];

  /**
   * @param {import("./page.js").Page} page
   * @param {import("./election.js").Question[]} questions
   * @param {string} heading the page's: a single question of the same words is not repeated under it
   */
  constructor(page, questions, heading) {
    this.page = page;
    const fieldsets = questions.map((question, i) => this.#makeFieldset(question, i));
    if (questions.length === 1 && questions[0].title.trim() === heading.trim()) {
      fieldsets[0].querySelector("legend").classList.add("govuk-visually-hidden");
    }
    page.part("questions").replaceChildren(...fieldsets);
  }

  /** @returns {number[][]} for each question its bits, the blank vote first where there is one */
  choices() {
    return this.#questions.map(({ question, fieldset }) => {
      const chosen = new Set([...fieldset.querySelectorAll("input:checked")].map((input) => input.value));
      const bits = question.answers.map((_, i) => Number(chosen.has(String(i))));
      return question.blank ? [Number(chosen.has(BLANK)), ...bits] : bits;
    });
  }

  /** @returns {{field: HTMLElement, target: HTMLElement, text: string}[]} what is not allowed yet */
  errors() {
    const choices = this.choices();
    return this.#questions.flatMap(({ question, fieldset }, i) => {
      try {
        demandAllowed(question, choices[i]);
        return [];
      } catch (error) {
        if (!(error instanceof CheckFailed)) throw error;
        const name = error.code === "too-few-choices" && question.max === 1 ? "error-choose-one" : `error-${error.code}`;
        const text = this.page.text(name, { ...question, question: question.title });
        return [{ field: fieldset.parentElement, target: fieldset.querySelector("input"), text }];
      }
    });
  }

  /** @returns {{title: string, answers: string[]}[]} what was chosen, in words, to read over before casting */
  summary() {
    return this.#questions.map(({ question, fieldset }) => {
      const labels = [...fieldset.querySelectorAll("input:checked")].map(({ labels: [label] }) => label.textContent);
      return { title: question.title, answers: labels.length ? labels : [this.page.text("no-answer")] };
    });
  }

  #makeFieldset(question, index) {
    const group = this.page.root.querySelector("template[data-template=question]").content.cloneNode(true);
    const element = group.querySelector(".govuk-form-group");
    const fieldset = element.querySelector("fieldset");
    const id = `question-${index + 1}`;
    fieldset.querySelector("[data-question-title]").textContent = question.title;
    const [rule, error] = [fieldset.querySelector("[data-rule]"), fieldset.querySelector("[data-error]")];
    rule.textContent = ruleText(this.page, question);
    [rule.id, error.id] = [`${id}-rule`, `${id}-error`];
    fieldset.setAttribute("aria-describedby", `${rule.id} ${error.id}`);
    const kind = question.max === 1 ? "radio" : "checkbox";
    for (const [value, text] of rowsOf(this.page, question)) fieldset.append(this.#makeRow(id, kind, value, text));
    if (kind === "checkbox") keepBlankAlone(fieldset);
    this.#questions.push({ question, fieldset });
    return element;
  }

  #makeRow(name, kind, value, text) {
    const row = this.page.root.querySelector(`template[data-template=${kind}]`).content.cloneNode(true);
    const [input, label] = [row.querySelector("input"), row.querySelector("label")];
    input.name = name;
    input.value = value;
    input.id = `${name}-${value}`;
    label.htmlFor = input.id;
    label.textContent = text;
    return row;
  }
}

/** A blank vote stands alone: choosing it clears the answers, choosing an answer clears it. */
function keepBlankAlone(fieldset) {
  fieldset.addEventListener("change", ({ target }) => {
    if (!target.checked) return;
    for (const input of fieldset.querySelectorAll("input:checked")) {
      if ((input.value === BLANK) !== (target.value === BLANK)) input.checked = false;
    }
  });
}
