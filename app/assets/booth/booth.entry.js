/**
 * The voting booth, /elections/<uuid>/vote: choose, encrypt, cast. The credential and the choices stay in this
 * page's memory and its worker's; what leaves the device is the encrypted ballot, once, when the voter casts it.
 */
import { normaliseCredential } from "./credentials.js";
import { CheckFailed } from "./errors.js";
import { clearErrors, showErrors } from "./field_errors.js";
import { Page, fillCode } from "./page.js";
import { QuestionsForm } from "./questions_form.js";
import { Refused, fetchBytes, postJson } from "./requests.js";
import { discardWaitingBallot, findWaitingBallot, keepWaitingBallot } from "./waiting_ballot.js";
import { WorkerClient } from "./worker_client.js";

/** Take the credential out of the address (…/vote#credential=…) before anything else can see it there. */
function takeCredentialFromAddress() {
  const { hash, pathname, search } = globalThis.location;
  if (!hash.startsWith("#credential=")) return "";
  globalThis.history.replaceState(null, "", pathname + search);
  try {
    return decodeURIComponent(hash.slice("#credential=".length));
  } catch {
    return "";
  }
}

class Booth {
  #page;
  #worker;
  #election;
  #questions;
  /** @type {{ballot: string, tracker: string}|undefined} */
  #encrypted;

  constructor(root) {
    this.#page = new Page(root);
    this.credentialField = this.#page.part("credential");
    this.form = root.querySelector("form[data-part=choices]");
    this.credentialField.value = takeCredentialFromAddress();
    this.#page.part("credential-from-link").hidden = this.credentialField.value === "";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.encrypt();
    });
    this.#onClick("cast", () => this.cast());
    this.#onClick("change", () => this.change());
    this.#onClick("discard", () => this.discard());
    // A page that is left forgets: nothing is found by going back.
    globalThis.addEventListener("pagehide", () => this.forget());
    globalThis.addEventListener("pageshow", ({ persisted }) => persisted && globalThis.location.reload());
  }

  #onClick(name, act) {
    this.#page.part(name).addEventListener("click", act);
  }

  /** Fetch the election, check it, and offer the questions or the ballot that waits. */
  async open() {
    const { workerUrl, electionUrl, trusteesUrl, credentialsUrl, uuid } = this.#page.data;
    try {
      const documents = await Promise.all([electionUrl, trusteesUrl, credentialsUrl].map(fetchBytes));
      const [electionBytes, trusteesBytes, credentialsBytes] = documents;
      this.#worker = new WorkerClient(workerUrl);
      this.#election = await this.#worker.call("openElection", { electionBytes, trusteesBytes, credentialsBytes });
      if (this.#election.uuid !== uuid) throw new CheckFailed("wrong-election-uuid");
    } catch (error) {
      this.#page.fail(error);
      return;
    }
    this.#showElection();
    if (!(await this.#offerWaitingBallot())) this.#page.show("choose", { focus: false });
  }

  #showElection() {
    const { fingerprint, questions } = this.#election;
    const heading = document.querySelector("h1").textContent;
    fillCode(this.#page.part("fingerprint"), fingerprint);
    this.#page.part("checked").hidden = false;
    this.#questions = new QuestionsForm(this.#page, questions, heading);
  }

  /** @returns {Promise<boolean>} whether a ballot from before signing in is offered for casting */
  async #offerWaitingBallot() {
    const ballot = findWaitingBallot(this.#election.uuid);
    if (ballot === null) return false;
    try {
      const { tracker } = await this.#worker.call("checkBallot", { ballot });
      this.#encrypted = { ballot, tracker };
    } catch {
      discardWaitingBallot(this.#election.uuid);
      return false;
    }
    this.#showCast({ waited: true });
    return true;
  }

  /** Step 2: check the fields, then encrypt in the worker. */
  async encrypt() {
    const errors = [...this.#questions.errors(), ...this.#credentialErrors()];
    showErrors(this.#page, errors);
    if (errors.length > 0) return;
    this.#page.show("encrypting");
    this.#page.progress("encryption", 0, this.#page.text("encrypting"));
    const input = { credential: this.credentialField.value, choices: this.#questions.choices() };
    try {
      this.#encrypted = await this.#worker.call("encryptBallot", input, (fraction) =>
        this.#page.progress("encryption", fraction),
      );
    } catch (error) {
      this.#returnToChoices(error);
      return;
    }
    this.#showCast({ waited: false });
  }

  #credentialErrors() {
    try {
      normaliseCredential(this.credentialField.value);
      return [];
    } catch (error) {
      return [this.#credentialError(error)];
    }
  }

  #credentialError(error) {
    const field = this.credentialField.closest(".govuk-form-group");
    const name = this.credentialField.value.trim() === "" ? "error-credential-missing" : `error-${error.code}`;
    return { field, target: this.credentialField, text: this.#page.text(name) };
  }

  /** A credential that is not on the list is the voter's to correct; anything else ends here. */
  #returnToChoices(error) {
    if (error.code !== "unknown-credential") {
      this.#page.fail(error);
      return;
    }
    this.#page.show("choose", { focus: false });
    showErrors(this.#page, [this.#credentialError(error)]);
  }

  /** Step 3: show the tracker before anything is sent. */
  #showCast({ waited }) {
    const page = this.#page;
    const signedIn = page.data.signedIn === "true";
    page.part("refusal").hidden = true;
    fillCode(page.part("tracker"), this.#encrypted.tracker);
    page.part("cast-ready").hidden = waited;
    page.part("cast-waited").hidden = !waited;
    page.part("choices-summary").hidden = waited;
    page.part("change").hidden = waited;
    page.part("discard").hidden = !waited;
    if (!waited) this.#fillSummary();
    this.#offerSignIn(!signedIn);
    page.show("cast");
  }

  /** Without an account at hand the ballot waits in the tab, and the one button leads to signing in. */
  #offerSignIn(needed) {
    if (needed) keepWaitingBallot(this.#election.uuid, this.#encrypted.ballot);
    this.#page.part("sign-in-needed").hidden = !needed;
    this.#page.part("cast").hidden = needed;
  }

  #fillSummary() {
    const rows = this.#questions.summary().flatMap(({ title, answers }) => {
      const term = document.createElement("dt");
      term.textContent = title;
      return [term, ...answers.map((answer) => Object.assign(document.createElement("dd"), { textContent: answer }))];
    });
    this.#page.part("choices-list").replaceChildren(...rows);
  }

  /** Send the ballot. Whatever is refused, the ballot stays here. */
  async cast() {
    const page = this.#page;
    const button = page.part("cast");
    button.disabled = true;
    page.fill("casting", page.text("casting"));
    try {
      const answer = await postJson(page.data.ballotsUrl, this.#encrypted.ballot, page.data.csrfToken);
      this.#finish(answer);
    } catch (error) {
      this.#showRefusal(error);
    } finally {
      button.disabled = false;
      page.fill("casting", "");
    }
  }

  #finish({ tracker, receipt_url: receiptUrl }) {
    discardWaitingBallot(this.#election.uuid);
    if (tracker !== this.#encrypted.tracker) throw new CheckFailed("other-tracker");
    const receipt = new URL(receiptUrl, globalThis.location.href);
    if (receipt.origin !== globalThis.location.origin) throw new CheckFailed("other-receipt");
    globalThis.location.assign(receipt.href);
  }

  #showRefusal(error) {
    const page = this.#page;
    if (error instanceof Refused && error.code === "sign-in-needed") this.#offerSignIn(true);
    const title = page.text("not-cast");
    if (error instanceof Refused) {
      const { detail, advice } = error;
      page.refuse("refusal", { title: error.title ?? title, detail, advice: advice ?? page.text("ballot-kept") });
      return;
    }
    page.refuse("refusal", { title, detail: page.errorText(error), advice: page.text("ballot-kept") });
  }

  /** Back to the questions, as they were. */
  change() {
    this.#encrypted = undefined;
    discardWaitingBallot(this.#election.uuid);
    clearErrors(this.#page);
    this.#page.show("choose");
  }

  /** Drop a ballot that waited and start afresh. */
  discard() {
    this.change();
  }

  forget() {
    this.form.reset();
    this.credentialField.value = "";
    this.#encrypted = undefined;
    this.#worker?.terminate();
  }
}

const root = document.querySelector("[data-booth]");
if (root) new Booth(root).open();
