/**
 * An encrypted ballot that waits in this tab while its voter signs in. Only the ballot is kept (the very bytes that
 * will be public), never a choice or a credential, and only until it is cast or discarded or the tab is closed.
 */

const keyOf = (uuid) => `hwabaek-ballot-${uuid}`;

/** @param {string} uuid @param {string} ballot */
export function keepWaitingBallot(uuid, ballot) {
  globalThis.sessionStorage.setItem(keyOf(uuid), ballot);
}

/** @returns {string|null} */
export function findWaitingBallot(uuid) {
  return globalThis.sessionStorage.getItem(keyOf(uuid));
}

/** @param {string} uuid */
export function discardWaitingBallot(uuid) {
  globalThis.sessionStorage.removeItem(keyOf(uuid));
}
