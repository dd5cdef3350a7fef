/**
 * Making a ballot (specification, "Ballots"): encrypt each choice, prove that the answer is well formed, sign with
 * the credential. Nothing here leaves the device; the only output is the ballot's text.
 */
import { demandAllowed } from "./choices.js";
import { deriveCredential, normaliseCredential } from "./credentials.js";
import { ciphertextToJson, encrypt } from "./elgamal.js";
import { compactJson, sha256Base64 } from "./encoding.js";
import { demand, within } from "./errors.js";
import { demandWritable } from "./groups.js";
import { proveDisjunction, proveKnowledge } from "./proofs.js";
import { answerPrefix, answerStatements, ballotPrefix, individualStatement, signaturePrefix } from "./statements.js";

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const sumScalars = (scalars, order) => scalars.reduce((total, scalar) => (total + scalar) % order, 0n);

/**
 * Encrypt one answer.
 * @param {import("./election.js").Election} election
 * @param {import("./election.js").Question} question
 * @param {string} prefix S0
 * @param {number[]} bits as `demandAllowed` wants them
 * @param {() => void} [onStep] called after each choice
 * @returns {object} the answer's JSON form
 */
function encryptAnswer(election, question, prefix, bits, onStep = () => {}) {
  const { group, keyBase } = election;
  const secrets = bits.map(() => group.randomScalar());
  const ciphertexts = bits.map((bit, i) => encrypt(group, keyBase, bit, secrets[i]));
  const prepared = ciphertexts.map(({ alpha, beta }) => ({ alpha: group.prepare(alpha), beta: group.prepare(beta) }));
  const choices = ciphertexts.map((ciphertext) => ciphertextToJson(group, ciphertext));
  const individualProofs = prepared.map((choice, i) => {
    const statement = individualStatement(group, prefix, choice);
    const proof = proveDisjunction(election, statement.prefix, statement.branches, bits[i], secrets[i]);
    onStep();
    return proof;
  });
  const statements = answerStatements(group, question, answerPrefix(prefix, choices), prepared);
  const whole = proveWhole(election, question, statements, bits, secrets);
  return { choices, individual_proofs: individualProofs, ...whole };
}

/** The overall proof and, where the question offers a blank vote, the blank proof. */
function proveWhole(election, question, { overall, blank }, bits, secrets) {
  const prove = (statement, index, r) =>
    proveDisjunction(election, statement.prefix, statement.branches, index, r);
  const { order } = election.group;
  if (!question.blank) {
    return { overall_proof: prove(overall, sum(bits) - question.min, sumScalars(secrets, order)) };
  }
  const blankSecret = secrets[0];
  const restSecret = sumScalars(secrets.slice(1), order);
  if (bits[0] === 1) {
    return { overall_proof: prove(overall, 0, blankSecret), blank_proof: prove(blank, 1, restSecret) };
  }
  const overallIndex = sum(bits.slice(1)) - question.min + 1;
  return { overall_proof: prove(overall, overallIndex, restSecret), blank_proof: prove(blank, 0, blankSecret) };
}

/**
 * Make a ballot.
 * @param {import("./election.js").Election} election
 * @param {string} credential the private credential, as typed
 * @param {number[][]} choices for each question what `demandAllowed` wants
 * @param {(fraction: number) => void} [onProgress]
 * @returns {string} the ballot: its bytes are what is cast
 * @throws CheckFailed for a malformed credential or choices that the election does not allow
 */
export function encryptBallot(election, credential, choices, onProgress = () => {}) {
  demandWritable(election.group);
  demand(Array.isArray(choices) && choices.length === election.questions.length, "wrong-number-of-answers");
  election.questions.forEach((question, i) => within({ question: i + 1 }, () => demandAllowed(question, choices[i])));
  const { secret, publicCredential } = deriveCredential(election, normaliseCredential(credential));
  const prefix = ballotPrefix(election, publicCredential);
  const steps = sum(choices.map((bits) => bits.length));
  let done = 0;
  const onStep = () => onProgress((done += 1) / steps);
  const answers = election.questions.map((question, i) =>
    encryptAnswer(election, question, prefix, choices[i], onStep),
  );
  const { uuid, fingerprint } = election;
  const unsigned = { election_uuid: uuid, election_hash: fingerprint, credential: publicCredential, answers };
  return compactJson({ ...unsigned, signature: sign(election.group, secret, unsigned) });
}

/** Sign the ballot's hash under the credential (specification, "Signatures"). */
function sign(group, secret, unsigned) {
  const hash = sha256Base64(compactJson(unsigned));
  return { hash, proof: proveKnowledge(group, signaturePrefix(hash), secret) };
}
