/*! ALTCHA: MIT License, Copyright (c) 2023-2026 Daniel Regeci, BAU Software s.r.o. */
/* Solves ALTCHA's challenge while a form is filled in, and holds the form back until that is done. When it cannot be
 * done the form goes without: the server takes fewer of those. ALTCHA's widget writes markup from strings, which the
 * policy of these pages refuses; its solver does not. The words are the server's, one element for each state. */
import { solveChallengeWorkers } from "altcha/lib";

import { trustedWorkerUrl } from "../booth/worker_client.js";

const MOST_WORKERS = 4;
const TIMEOUT_MS = 60_000;
// So that a form on its way does not become too old.
const SENDING_MS = 30_000;

class Check {
  #place;
  #form;
  #field;
  #state;
  #work = null;
  #isHeld = false;
  #goodUntil = 0;

  constructor(place) {
    this.#place = place;
    this.#form = place.closest("form");
    this.#field = place.querySelector("input");
    this.#forget();
    place.hidden = false;
    // Not before somebody begins: whoever only reads the page spends nothing.
    this.#form.addEventListener("focusin", () => this.#begin());
    this.#form.addEventListener("submit", (event) => this.#hold(event));
    // Going back finds a solution that has been used.
    globalThis.addEventListener("pageshow", ({ persisted }) => persisted && this.#forget());
  }

  #show(state) {
    this.#state = state;
    for (const words of this.#place.querySelectorAll("[data-state]")) words.hidden = words.dataset.state !== state;
  }

  #forget() {
    this.#field.value = "";
    this.#isHeld = false;
    this.#show("idle");
  }

  #isSettled() {
    return this.#state === "failed" || (this.#state === "done" && Date.now() < this.#goodUntil);
  }

  /** @returns {Promise<void>} settled, well or not, when the form can go */
  #begin() {
    if (this.#isSettled()) return Promise.resolve();
    this.#work ??= this.#solve().finally(() => {
      this.#work = null;
    });
    return this.#work;
  }

  async #solve() {
    this.#field.value = "";
    this.#show("working");
    const begunAt = Date.now();
    const { challengeUrl, workerUrl } = this.#place.dataset;
    try {
      const challenge = await fetchChallenge(challengeUrl);
      this.#field.value = await solve(challenge, workerUrl);
      this.#goodUntil = begunAt + challenge.parameters.data.seconds * 1000 - SENDING_MS;
      this.#show("done");
    } catch (problem) {
      console.info("the form goes without a proof-of-work:", problem);
      this.#show("failed");
    }
  }

  async #hold(event) {
    if (this.#isSettled()) return;
    event.preventDefault();
    if (this.#isHeld) return;
    this.#isHeld = true;
    const work = this.#begin();
    this.#show("waiting");
    await work;
    this.#form.requestSubmit(event.submitter);
  }
}

async function fetchChallenge(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`no challenge: ${answer.status}`);
  return answer.json();
}

/** @returns {Promise<string>} what ALTCHA's server packages verify */
async function solve(challenge, workerUrl) {
  const solution = await solveChallengeWorkers({
    challenge,
    concurrency: Math.min(MOST_WORKERS, globalThis.navigator.hardwareConcurrency ?? 1),
    createWorker: () => new Worker(trustedWorkerUrl(workerUrl)),
    timeout: TIMEOUT_MS,
  });
  if (solution === null) throw new Error("it took too long");
  return btoa(JSON.stringify({ challenge, solution }));
}

document.querySelectorAll("[data-proof-of-work]").forEach((place) => new Check(place));
