/**
 * The zero-knowledge proofs of crypto version 1, without knowledge of ballots (specification, "Proofs of interval
 * membership", "Proofs of possibly-blank votes", "Signatures", "Verification keys", "Partial decryptions").
 * Responses are w - secret * challenge mod q, so a verifier recomputes each commitment as base^response *
 * statement^challenge. A proof in JSON is {"challenge", "response"}, both in [0, q).
 */
import { exactArray, exactMembers } from "./encoding.js";
import { demand } from "./errors.js";

/** @returns {bigint} value mod q, never negative */
function reduce(value, order) {
  return ((value % order) + order) % order;
}

/** @returns {{challenge: string, response: string}} */
function proofToJson({ challenge, response }) {
  return { challenge: challenge.toString(), response: response.toString() };
}

/** @returns {{challenge: bigint, response: bigint}} */
function proofFromJson(group, value) {
  exactMembers(value, ["challenge", "response"]);
  return { challenge: group.parseScalar(value.challenge), response: group.parseScalar(value.response) };
}

/**
 * One branch of a disjunction says "this ciphertext encrypts `message`".
 * @typedef {object} Branch
 * @property {import("./shared_base.js").SharedBase} alpha
 * @property {import("./shared_base.js").SharedBase} beta
 * @property {bigint} message M
 */

/**
 * Recompute a branch's commitments: A = g^r alpha^c and B = y^r (beta / g^M)^c.
 * @returns {any[]} [A, B]
 */
function branchCommitments(group, keyBase, branch, { challenge, response }) {
  const shift = reduce(-branch.message * challenge, group.order);
  const commitmentA = group.multiply(group.generatorBase.exp(response), branch.alpha.exp(challenge));
  const shifted = group.multiply(branch.beta.exp(challenge), group.generatorBase.exp(shift));
  return [commitmentA, group.multiply(keyBase.exp(response), shifted)];
}

/**
 * Prove that one of the branches is true (the real one is `realIndex`, with randomness `r`), hiding which.
 * @param {{group: any, keyBase: any}} election
 * @param {string} prefix everything that is hashed before the commitments
 * @param {Branch[]} branches
 * @param {number} realIndex
 * @param {bigint} r
 * @returns {{challenge: string, response: string}[]}
 */
export function proveDisjunction({ group, keyBase }, prefix, branches, realIndex, r) {
  const w = group.randomScalar();
  const proofs = branches.map(() => ({ challenge: group.randomScalar(), response: group.randomScalar() }));
  const commitments = branches.flatMap((branch, index) =>
    index === realIndex
      ? [group.generatorBase.expSecret(w), keyBase.expSecret(w)]
      : branchCommitments(group, keyBase, branch, proofs[index]),
  );
  const simulated = proofs.reduce((sum, proof, i) => (i === realIndex ? sum : sum + proof.challenge), 0n);
  const challenge = reduce(group.hashToScalar(prefix, commitments) - simulated, group.order);
  proofs[realIndex] = { challenge, response: reduce(w - r * challenge, group.order) };
  return proofs.map(proofToJson);
}

/**
 * Verify a disjunction.
 * @param {{group: any, keyBase: any}} election
 * @param {string} prefix
 * @param {Branch[]} branches
 * @param {any} value the JSON form: one proof for each branch
 * @param {string} code of the CheckFailed to throw
 */
export function verifyDisjunction({ group, keyBase }, prefix, branches, value, code) {
  const proofs = exactArray(value, branches.length, code).map((proof) => proofFromJson(group, proof));
  const commitments = branches.flatMap((branch, i) => branchCommitments(group, keyBase, branch, proofs[i]));
  const sum = proofs.reduce((total, { challenge }) => total + challenge, 0n);
  demand(group.hashToScalar(prefix, commitments) === reduce(sum, group.order), code);
}

/**
 * Prove knowledge of x in X = g^x (Schnorr), for proofs of possession ("pok|") and signatures ("sig|").
 * @returns {{challenge: string, response: string}}
 */
export function proveKnowledge(group, prefix, secret) {
  const w = group.randomScalar();
  const challenge = group.hashToScalar(prefix, [group.generatorBase.expSecret(w)]);
  return proofToJson({ challenge, response: reduce(w - secret * challenge, group.order) });
}

/** Verify `proveKnowledge` for the prepared statement X. */
export function verifyKnowledge(group, prefix, statement, value, code) {
  const { challenge, response } = proofFromJson(group, value);
  const commitment = group.multiply(group.generatorBase.exp(response), statement.exp(challenge));
  demand(group.hashToScalar(prefix, [commitment]) === challenge, code);
}

/**
 * Prove that f = alpha^x for the x of the public key X = g^x (Chaum-Pedersen, "decrypt|").
 * @returns {{challenge: string, response: string}}
 */
export function proveDecryption(group, prefix, alpha, secret) {
  const w = group.randomScalar();
  const commitments = [group.generatorBase.expSecret(w), group.expSecret(alpha, w)];
  const challenge = group.hashToScalar(prefix, commitments);
  return proofToJson({ challenge, response: reduce(w - secret * challenge, group.order) });
}

/** Verify `proveDecryption`: `publicBase` is a fixed or shared base of X. */
export function verifyDecryption(group, prefix, publicBase, alpha, factor, value, code) {
  const { challenge, response } = proofFromJson(group, value);
  const commitments = [
    group.multiply(group.generatorBase.exp(response), publicBase.exp(challenge)),
    group.multiply(group.exp(alpha, response), group.exp(factor, challenge)),
  ];
  demand(group.hashToScalar(prefix, commitments) === challenge, code);
}
