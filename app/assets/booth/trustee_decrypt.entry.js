/**
 * A trustee decrypts, /elections/<uuid>/trustees/<number>/decrypt. The order matters: open the key file, verify the
 * whole archive and compute the tally here, show what will be decrypted, decrypt, save the key file again with the
 * tally's hash in it, and only then send. Nothing is decrypted that this page has not computed itself.
 */
import { verifyInWorkers } from "./archive_workers.js";
import { askBeforeLeaving, offerDownload, readFile } from "./downloads.js";
import { CheckFailed, demand } from "./errors.js";
import { showErrors } from "./field_errors.js";
import { keyFileName } from "./key_file_name.js";
import { Page, fillCode } from "./page.js";
import { Refused, fetchBytes, postJson } from "./requests.js";
import { WorkerClient } from "./worker_client.js";

/** Fewer counted ballots than this, and the result may say how somebody voted. */
const SMALL_TALLY = 10;
/** Refusals that are the trustee's to correct in the form. */
const KEY_FILE_REFUSALS = {
  "wrong-passphrase": "passphrase",
  "not-a-key-file": "key-file",
  "malformed-key-file": "key-file",
  "other-election-key": "key-file",
  "other-trustee-key": "key-file",
};

class TrusteeDecryptPage {
  #page;
  #worker;
  #keyFile;
  #report;
  #decryption;
  #stopAsking = () => {};

  constructor(root) {
    const page = (this.#page = new Page(root));
    page.part("decrypt-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.verify();
    });
    page.part("small-accepted").addEventListener("change", ({ target }) => {
      page.part("decrypt").disabled = !target.checked;
    });
    page.part("decrypt").addEventListener("click", () => this.decrypt());
    page.part("saved").addEventListener("change", ({ target }) => {
      page.part("send").disabled = !target.checked;
    });
    page.part("send").addEventListener("click", () => this.send());
    page.show("key-file", { focus: false });
  }

  #fieldError(part, text) {
    const target = this.#page.part(part);
    return { field: target.closest(".govuk-form-group"), target, text };
  }

  /** Open the key file, then verify the archive with progress. */
  async verify() {
    const page = this.#page;
    const file = page.part("key-file").files[0];
    const passphrase = page.part("passphrase").value;
    const errors = [];
    if (!file) errors.push(this.#fieldError("key-file", page.text("error-key-file-missing")));
    if (!passphrase) errors.push(this.#fieldError("passphrase", page.text("error-passphrase-missing")));
    showErrors(page, errors);
    if (errors.length > 0) return;
    page.show("verifying");
    try {
      page.progress("verification", 0, page.text("opening-key-file"));
      this.#keyFile = await this.#openKeyFile(await readFile(file), passphrase);
      await this.#verifyArchive();
      this.#showReport();
    } catch (error) {
      this.#refuse(error);
    }
  }

  async #openKeyFile(file, passphrase) {
    const { uuid, number, workerUrl } = this.#page.data;
    const worker = new WorkerClient(workerUrl);
    try {
      const keyFile = await worker.call("openKeyFile", { file, passphrase });
      demand(keyFile.election_uuid === uuid, "other-election-key");
      demand(keyFile.trustee_number === Number(number), "other-trustee-key");
      return keyFile;
    } finally {
      worker.terminate();
    }
  }

  async #verifyArchive() {
    const page = this.#page;
    page.progress("verification", 0, page.text("fetching-archive"));
    const bytes = await fetchBytes(page.data.archiveUrl);
    page.progress("verification", 0, page.text("verifying"));
    const onProgress = (done, all) => {
      page.progress("verification", all === 0 ? 1 : done / all);
      page.fill("verified-count", `${done} / ${all}`);
    };
    const { lead, report } = await verifyInWorkers(page.data.workerUrl, bytes, onProgress);
    this.#worker = lead;
    this.#report = report;
    this.#demandMayDecrypt();
  }

  /** The archive is valid; is it the one that this key file may decrypt, now? */
  #demandMayDecrypt() {
    const { uuid, number } = this.#page.data;
    const { tallyHash, trustees, decryptedBy } = this.#report;
    demand(this.#report.uuid === uuid, "wrong-election-uuid");
    demand(tallyHash !== undefined, "no-encrypted-tally");
    demand(trustees[number - 1]?.publicKey === this.#keyFile.public_key, "other-trustee-key");
    demand(!decryptedBy.includes(Number(number)), "already-decrypted");
    demand(this.#keyFile.tally_hash === null || this.#keyFile.tally_hash === tallyHash, "other-tally");
  }

  #showReport() {
    const page = this.#page;
    const { ballotCount, countedCount, fingerprint, credentialsFingerprint, tallyHash } = this.#report;
    page.fill("ballot-count", ballotCount.toLocaleString(document.documentElement.lang));
    page.fill("counted-count", countedCount.toLocaleString(document.documentElement.lang));
    fillCode(page.part("fingerprint"), fingerprint);
    fillCode(page.part("credentials-fingerprint"), credentialsFingerprint);
    fillCode(page.part("tally-hash"), tallyHash);
    const small = countedCount < SMALL_TALLY;
    page.part("small-tally").hidden = !small;
    page.part("decrypt").disabled = small;
    page.show("verified");
  }

  /** Decrypt and prove, and seal the key file again with the tally's hash. */
  async decrypt() {
    const page = this.#page;
    const passphrase = page.part("passphrase").value;
    const { private_key: privateKey, public_key: publicKey } = this.#keyFile;
    page.show("decrypting");
    try {
      this.#decryption = await this.#worker.call("decrypt", { privateKey, publicKey });
      const keyFile = { ...this.#keyFile, tally_hash: this.#report.tallyHash };
      const { file } = await this.#worker.call("sealKeyFile", { keyFile, passphrase });
      this.#offer(file);
    } catch (error) {
      page.fail(error);
    } finally {
      this.#forget();
    }
  }

  /** From here on only the public partial decryption is held. */
  #forget() {
    this.#worker?.terminate();
    this.#keyFile = undefined;
    this.#page.part("decrypt-form").reset();
  }

  #offer(file) {
    const page = this.#page;
    const { uuid, number } = page.data;
    this.#stopAsking = askBeforeLeaving();
    const allow = () => (page.part("saved").disabled = false);
    offerDownload(page.part("download"), file, keyFileName(uuid, number), allow);
    page.show("save");
  }

  async send() {
    const page = this.#page;
    page.part("send").disabled = true;
    page.part("refusal").hidden = true;
    try {
      await postJson(page.data.sendUrl, JSON.stringify(this.#decryption), page.data.csrfToken);
      this.#stopAsking();
      page.show("sent");
    } catch (error) {
      const own = error instanceof Refused;
      page.refuse("refusal", {
        title: (own && error.title) || page.text("not-sent"),
        detail: own ? error.detail : page.errorText(error),
        advice: (own && error.advice) || page.text("decryption-kept"),
      });
      page.part("send").disabled = false;
    }
  }

  /** A wrong file or passphrase goes back to the form; a bad archive ends here. */
  #refuse(error) {
    const part = error instanceof CheckFailed ? KEY_FILE_REFUSALS[error.code] : undefined;
    if (part === undefined) {
      this.#worker?.terminate();
      this.#page.fail(error);
      return;
    }
    this.#page.show("key-file", { focus: false });
    showErrors(this.#page, [this.#fieldError(part, this.#page.errorText(error))]);
  }
}

const root = document.querySelector("[data-trustee-decrypt]");
if (root) new TrusteeDecryptPage(root);
