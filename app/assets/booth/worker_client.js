/** The page's side of the worker: calls with a promise, under Trusted Types. */
import { CheckFailed } from "./errors.js";

/** The page allows script addresses from strings only through a policy; this one allows the worker's alone. */
export function trustedWorkerUrl(url) {
  const { origin } = new URL(url, globalThis.location.href);
  if (origin !== globalThis.location.origin) throw new TypeError("the worker must come from this site");
  if (!globalThis.trustedTypes) return url;
  trustedWorkerUrl.policy ??= globalThis.trustedTypes.createPolicy("hwabaek-worker", {
    createScriptURL: (address) => address,
  });
  return trustedWorkerUrl.policy.createScriptURL(url);
}

export class WorkerClient {
  #worker;
  #pending = new Map();
  #nextId = 1;

  /** @param {string} url address of the worker's script, on this site */
  constructor(url) {
    this.#worker = new Worker(trustedWorkerUrl(url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#receive(data));
    this.#worker.addEventListener("error", () => this.#failAll());
  }

  /**
   * Run a task in the worker.
   * @param {string} task
   * @param {object} [input]
   * @param {(fraction: number) => void} [onProgress]
   * @returns {Promise<any>} rejects with CheckFailed
   */
  call(task, input = {}, onProgress = () => {}) {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage({ id, task, input });
    });
  }

  /** Stop the worker and forget what it holds. */
  terminate() {
    this.#worker.terminate();
    this.#failAll();
  }

  #receive({ id, progress, failure, result }) {
    const call = this.#pending.get(id);
    if (call === undefined) return;
    if (progress !== undefined) {
      call.onProgress(progress);
      return;
    }
    this.#pending.delete(id);
    if (failure) call.reject(new CheckFailed(failure.code, failure.where));
    else call.resolve(result);
  }

  #failAll() {
    for (const { reject } of this.#pending.values()) reject(new CheckFailed("worker-failed"));
    this.#pending.clear();
  }
}
