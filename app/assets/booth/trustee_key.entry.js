/**
 * A trustee makes a key pair, /elections/<uuid>/trustees/<number>/key. The private key leaves this page only inside
 * the encrypted file that the trustee saves; the public key is sent after that file was saved, not before.
 */
import { askBeforeLeaving, offerDownload } from "./downloads.js";
import { showErrors } from "./field_errors.js";
import { keyFileName } from "./key_file_name.js";
import { Page, fillCode } from "./page.js";
import { Refused, postJson } from "./requests.js";
import { WorkerClient } from "./worker_client.js";

const SHORTEST_PASSPHRASE = 12;

class TrusteeKeyPage {
  #page;
  #document;
  #stopAsking = () => {};

  constructor(root) {
    this.#page = new Page(root);
    this.passphrase = this.#page.part("passphrase");
    this.again = this.#page.part("passphrase-again");
    this.#page.part("key-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.makeKey();
    });
    this.#page.part("saved").addEventListener("change", ({ target }) => this.#allowSending(target.checked));
    this.#page.part("send").addEventListener("click", () => this.send());
    this.#page.show("passphrase", { focus: false });
  }

  #errors() {
    const error = (input, name) => ({
      field: input.closest(".govuk-form-group"),
      target: input,
      text: this.#page.text(name, { length: SHORTEST_PASSPHRASE }),
    });
    if ([...this.passphrase.value].length < SHORTEST_PASSPHRASE) return [error(this.passphrase, "error-passphrase-short")];
    if (this.passphrase.value !== this.again.value) return [error(this.again, "error-passphrases-differ")];
    return [];
  }

  /** Generate, seal, and offer the file; nothing is sent yet. */
  async makeKey() {
    const errors = this.#errors();
    showErrors(this.#page, errors);
    if (errors.length > 0) return;
    this.#page.show("working");
    const { workerUrl, group, uuid, number, name } = this.#page.data;
    const worker = new WorkerClient(workerUrl);
    try {
      const { privateKey, document } = await worker.call("generateKey", { groupName: group });
      const keyFile = {
        version: 1,
        election_uuid: uuid,
        trustee_number: Number(number),
        group,
        public_key: document.public_key,
        private_key: privateKey,
        tally_hash: null,
      };
      const sealed = await worker.call("sealKeyFile", { keyFile, passphrase: this.passphrase.value });
      this.#document = { ...document, name };
      this.#offer(sealed);
    } catch (error) {
      this.#page.fail(error);
    } finally {
      worker.terminate();
      this.passphrase.value = "";
      this.again.value = "";
    }
  }

  #offer({ file, armored }) {
    const page = this.#page;
    const { uuid, number } = page.data;
    this.#stopAsking = askBeforeLeaving();
    const allow = () => (page.part("saved").disabled = false);
    offerDownload(page.part("download"), file, keyFileName(uuid, number), allow);
    page.fill("backup", armored);
    fillCode(page.part("public-key"), this.#document.public_key);
    page.part("print-sheet").hidden = false;
    page.part("print").addEventListener("click", () => globalThis.print());
    page.show("save");
  }

  #allowSending(saved) {
    this.#page.part("send").disabled = !saved;
  }

  /** Send the public key and its proof of possession. */
  async send() {
    const page = this.#page;
    page.part("send").disabled = true;
    page.part("refusal").hidden = true;
    try {
      await postJson(page.data.sendUrl, JSON.stringify(this.#document), page.data.csrfToken);
      this.#stopAsking();
      page.show("sent");
    } catch (error) {
      const own = error instanceof Refused;
      page.refuse("refusal", {
        title: (own && error.title) || page.text("not-sent"),
        detail: own ? error.detail : page.errorText(error),
        advice: (own && error.advice) || page.text("key-kept"),
      });
      page.part("send").disabled = false;
    }
  }
}

const root = document.querySelector("[data-trustee-key]");
if (root) new TrusteeKeyPage(root);
