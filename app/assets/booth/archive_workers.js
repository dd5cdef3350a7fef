/** Verification of an archive shared between workers: ballots are independent, so each takes the next few. */
import { WorkerClient } from "./worker_client.js";

const BALLOTS_AT_ONCE = 8;
const MOST_WORKERS = 4;

/** @returns {number} as many workers as the device has cores, within reason */
function workerCount() {
  return Math.min(MOST_WORKERS, Math.max(2, globalThis.navigator.hardwareConcurrency ?? 2));
}

/**
 * Verify an archive.
 * @param {string} workerUrl
 * @param {Uint8Array} bytes
 * @param {(done: number, all: number) => void} onProgress ballots
 * @returns {Promise<{lead: WorkerClient, report: object}>} the worker that holds the verified tally, and what it found
 */
export async function verifyInWorkers(workerUrl, bytes, onProgress) {
  const workers = Array.from({ length: workerCount() }, () => new WorkerClient(workerUrl));
  const [lead, ...helpers] = workers;
  try {
    const opened = workers.map((worker) => worker.call("openArchive", { bytes, isHelper: worker !== lead }));
    const [{ ballotCount }] = await Promise.all(opened);
    await shareBallots(workers, ballotCount, onProgress);
    const report = await lead.call("verifyRest");
    return { lead, report };
  } catch (error) {
    lead.terminate();
    throw error;
  } finally {
    for (const helper of helpers) helper.terminate();
  }
}

async function shareBallots(workers, ballotCount, onProgress) {
  let next = 0;
  let done = 0;
  onProgress(0, ballotCount);
  const work = async (worker) => {
    while (next < ballotCount) {
      const from = next;
      next = Math.min(ballotCount, from + BALLOTS_AT_ONCE);
      const to = next;
      await worker.call("verifyBallots", { from, to });
      done += to - from;
      onProgress(done, ballotCount);
    }
  };
  await Promise.all(workers.map(work));
}
