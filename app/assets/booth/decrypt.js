/**
 * Partial decryptions and the result (specification, "Partial decryptions", "Election result"). A tally may hold the
 * identity (nobody voted), and so may a decryption factor; a trustee's key may not.
 */
import { exactArray, exactInteger, exactMembers, parseCanonicalJson, weightFromJson } from "./encoding.js";
import { demand, within } from "./errors.js";
import { proveDecryption, verifyDecryption } from "./proofs.js";

/** "decrypt|" phi "|" X "|": what a decryption proof hashes before its commitments. */
function decryptionPrefix(election, publicKeyText) {
  return `decrypt|${election.fingerprint}|${publicKeyText}|`;
}

/**
 * Decrypt one trustee's part of a tally that the caller has computed or verified itself.
 * @param {import("./election.js").Election} election
 * @param {{alpha: any, beta: any}[][]} tally
 * @param {bigint} secret the trustee's private key
 * @param {string} publicKeyText
 * @returns {{decryption_factors: string[][], decryption_proofs: object[][]}}
 */
export function decryptPartially(election, tally, secret, publicKeyText) {
  const { group } = election;
  const prefix = decryptionPrefix(election, publicKeyText);
  return {
    decryption_factors: tally.map((answer) =>
      answer.map(({ alpha }) => group.serialise(group.expSecret(alpha, secret))),
    ),
    decryption_proofs: tally.map((answer) =>
      answer.map(({ alpha }) => proveDecryption(group, prefix, alpha, secret)),
    ),
  };
}

/**
 * Read the record {"owner", "payload"} that says whose partial decryption a data record is.
 * @returns {number} the trustee's number, from 1
 */
export function decryptionOwner(input, bodyHash) {
  const value = parseCanonicalJson(input);
  exactMembers(value, ["owner", "payload"]);
  demand(value.payload === bodyHash, "wrong-event-payload");
  return exactInteger(value.owner);
}

/**
 * Verify a partial decryption against the tally and the trustee's key.
 * @param {import("./election.js").Election} election
 * @param {{alpha: any, beta: any}[][]} tally
 * @param {{text: string, base: any}} trustee as `verifyTrusteeKey` returns it
 * @param {string|Uint8Array} input
 * @returns {any[][]} the decryption factors
 */
export function verifyPartialDecryption(election, tally, trustee, input) {
  const { group } = election;
  const value = parseCanonicalJson(input);
  exactMembers(value, ["decryption_factors", "decryption_proofs"]);
  const prefix = decryptionPrefix(election, trustee.text);
  exactArray(value.decryption_factors, tally.length);
  exactArray(value.decryption_proofs, tally.length);
  return tally.map((answer, i) => {
    exactArray(value.decryption_factors[i], answer.length);
    exactArray(value.decryption_proofs[i], answer.length);
    return answer.map(({ alpha }, j) =>
      within({ question: i + 1, choice: j + 1 }, () => {
        const factor = group.parse(value.decryption_factors[i][j]);
        const proof = value.decryption_proofs[i][j];
        verifyDecryption(group, prefix, trustee.base, alpha, factor, proof, "bad-decryption-proof");
        return factor;
      }),
    );
  });
}

/**
 * Verify a result: every count n satisfies g^n = beta / (product of the trustees' factors).
 * @param {import("./election.js").Election} election
 * @param {{alpha: any, beta: any}[][]} tally
 * @param {any[][][]} factors of every trustee
 * @param {bigint} totalWeight no count can exceed it
 * @param {string|Uint8Array} input the result's data record
 * @returns {(number|string)[][]} the counts as they stand in the record
 */
export function verifyResult(election, tally, factors, totalWeight, input) {
  const { group } = election;
  const value = parseCanonicalJson(input);
  exactMembers(value, ["result"]);
  exactArray(value.result, tally.length, "wrong-result");
  tally.forEach((answer, i) => {
    exactArray(value.result[i], answer.length, "wrong-result");
    answer.forEach(({ beta }, j) =>
      within({ question: i + 1, choice: j + 1 }, () => {
        const count = weightFromJson(value.result[i][j]);
        demand(count <= totalWeight, "wrong-result");
        const combined = factors.reduce((total, factor) => group.multiply(total, factor[i][j]), group.identity);
        const claimed = group.multiply(combined, group.generatorBase.exp(count));
        demand(group.equals(claimed, beta), "wrong-result");
      }),
    );
  });
  return value.result;
}
