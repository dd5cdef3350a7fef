/**
 * Which ballots count, and their encrypted tally (specification, "Tallied ballots", "Encrypted tally"): the last
 * ballot of each credential, weighted, multiplied choice by choice.
 */
import { ciphertextToJson, multiplyCiphertexts, raiseCiphertext } from "./elgamal.js";
import { choiceCount } from "./choices.js";
import { compactJson, sha256Hex, weightToJson } from "./encoding.js";

/**
 * Keep the last ballot of each credential.
 * @template {{credential: string}} B
 * @param {B[]} ballots in the order in which they were cast
 * @returns {B[]}
 */
export function lastBallots(ballots) {
  return [...new Map(ballots.map((ballot) => [ballot.credential, ballot])).values()];
}

/**
 * Compute the encrypted tally.
 * @param {import("./election.js").Election} election
 * @param {{credential: string, choices: {alpha: any, beta: any}[][]}[]} counted at most one for each credential
 * @param {Map<string, bigint>} weights
 * @returns {{alpha: any, beta: any}[][]} one ciphertext for each choice of each question
 */
export function computeEncryptedTally(election, counted, weights) {
  const { group } = election;
  return election.questions.map((question, i) =>
    Array.from({ length: choiceCount(question) }, (_, j) =>
      multiplyCiphertexts(
        group,
        counted.map(({ credential, choices }) => raiseCiphertext(group, choices[i][j], weights.get(credential))),
      ),
    ),
  );
}

/** @returns {string} the data record of an encrypted tally */
export function encryptedTallyText(group, tally) {
  return compactJson(tally.map((answer) => answer.map((ciphertext) => ciphertextToJson(group, ciphertext))));
}

/**
 * The record that an EncryptedTally event points to: how many ballots, their weight, and the tally's hash.
 * @returns {string}
 */
export function sizedTallyText(counted, weights, tallyText) {
  const totalWeight = totalWeightOf(counted, weights);
  return compactJson({
    num_tallied: counted.length,
    total_weight: weightToJson(totalWeight),
    encrypted_tally: sha256Hex(tallyText),
  });
}

/** @returns {bigint} */
export function totalWeightOf(counted, weights) {
  return counted.reduce((total, { credential }) => total + weights.get(credential), 0n);
}
