/**
 * What a ballot's proofs say: for each proof the text that is hashed before the commitments and the branches of the
 * disjunction (specification, "Encrypted answers", "Proofs of interval membership", "Proofs of possibly-blank
 * votes"). Prover and verifier both build their statements here, so they cannot drift apart.
 */

/** S0 = phi "|" credential: binds every proof to this election and this voter's credential. */
export function ballotPrefix(election, credentialText) {
  return `${election.fingerprint}|${credentialText}`;
}

/** S = S0 "|" alpha_1 "," beta_1 "," ...: binds a proof to all ciphertexts of its answer (blank one first). */
export function answerPrefix(prefix, choicesJson) {
  return `${prefix}|${choicesJson.map(({ alpha, beta }) => `${alpha},${beta}`).join(",")}`;
}

/** "prove|" S "|" alpha "," beta "|": the start of an interval proof. */
function intervalPrefix(group, prefix, { alpha, beta }) {
  return `prove|${prefix}|${group.serialise(alpha.element)},${group.serialise(beta.element)}|`;
}

/** Branches "this ciphertext encrypts M" for M in first..last. */
function range({ alpha, beta }, first, last) {
  const branches = [];
  for (let message = first; message <= last; message += 1) branches.push({ alpha, beta, message: BigInt(message) });
  return branches;
}

/** Both parts of the product of prepared ciphertexts, prepared. */
function product(group, prepared) {
  const multiply = (part) =>
    group.prepare(prepared.reduce((total, choice) => group.multiply(total, choice[part].element), group.identity));
  return { alpha: multiply("alpha"), beta: multiply("beta") };
}

/** @returns {{prefix: string, branches: object[]}} the choice is 0 or 1 (hashes S0, not S) */
export function individualStatement(group, prefix, choice) {
  return { prefix: intervalPrefix(group, prefix, choice), branches: range(choice, 0, 1) };
}

/**
 * The statements about an answer as a whole.
 * @param {any} group
 * @param {import("./election.js").Question} question
 * @param {string} prefix S
 * @param {{alpha: any, beta: any}[]} choices prepared ciphertexts, the blank one first
 * @returns {{overall: object, blank?: object}}
 */
export function answerStatements(group, question, prefix, choices) {
  const { min, max } = question;
  if (!question.blank) {
    const sum = product(group, choices);
    return { overall: { prefix: intervalPrefix(group, prefix, sum), branches: range(sum, min, max) } };
  }
  const [blankChoice, ...others] = choices;
  const sum = product(group, others);
  const blank = { prefix: `bproof0|${prefix}|`, branches: [...range(blankChoice, 0, 0), ...range(sum, 0, 0)] };
  const overall = { prefix: `bproof1|${prefix}|`, branches: [...range(blankChoice, 1, 1), ...range(sum, min, max)] };
  return { overall, blank };
}


/** "sig|" h "|": the start of a signature's hash. */
export function signaturePrefix(hash) {
  return `sig|${hash}|`;
}
