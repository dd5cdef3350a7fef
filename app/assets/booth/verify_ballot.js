/**
 * The full check of one ballot (specification, "Ballots"): form, election, signature, and every proof. The server
 * makes the same check before it accepts a ballot, and the decryption page makes it again for the whole archive.
 */
import { choiceCount } from "./choices.js";
import { ciphertextFromJson } from "./elgamal.js";
import {
  compactJson,
  exactArray,
  exactMembers,
  exactString,
  parseCanonicalJson,
  sha256Base64,
} from "./encoding.js";
import { demand, within } from "./errors.js";
import { prepareNonIdentity } from "./groups.js";
import { verifyDisjunction, verifyKnowledge } from "./proofs.js";
import { answerPrefix, answerStatements, ballotPrefix, individualStatement, signaturePrefix } from "./statements.js";

const BALLOT_MEMBERS = ["election_uuid", "election_hash", "credential", "answers", "signature"];

/**
 * Read a ballot's outer form, without group operations.
 * @param {string|Uint8Array} input
 * @returns {any} the parsed ballot
 */
export function parseBallot(input) {
  const ballot = parseCanonicalJson(input);
  exactMembers(ballot, BALLOT_MEMBERS);
  exactMembers(ballot.signature, ["hash", "proof"]);
  exactString(ballot.credential);
  exactArray(ballot.answers);
  return ballot;
}

/** @returns {string[]} every alpha of a parsed ballot, as text: none may ever appear twice in an election */
export function listAlphas(ballot) {
  return ballot.answers.flatMap((answer) => exactArray(answer.choices).map(({ alpha }) => alpha));
}

/** @param {string|Uint8Array} input @returns {string} the tracker: Base64 SHA-256 of the ballot's bytes */
export function trackerOf(input) {
  return sha256Base64(input);
}

/**
 * Verify one ballot by itself. (That it is not a copy of another one, `verify.js` checks over the archive.)
 * @param {import("./election.js").Election} election
 * @param {string|Uint8Array} input the ballot's exact bytes or text
 * @param {Map<string, bigint>} [weights] the public credentials; when given, the ballot's must be among them
 * @returns {{credential: string, choices: {alpha: any, beta: any}[][]}} ciphertexts per question, blank one first
 * @throws CheckFailed with the name of the check
 */
export function verifyBallot(election, input, weights) {
  const ballot = parseBallot(input);
  demand(ballot.election_uuid === election.uuid, "wrong-election-uuid");
  demand(ballot.election_hash === election.fingerprint, "wrong-election-hash");
  if (weights !== undefined) demand(weights.has(ballot.credential), "unknown-credential");
  verifySignature(election.group, ballot);
  demand(ballot.answers.length === election.questions.length, "wrong-number-of-answers");
  const prefix = ballotPrefix(election, ballot.credential);
  const choices = election.questions.map((question, i) =>
    within({ question: i + 1 }, () => verifyAnswer(election, question, prefix, ballot.answers[i])),
  );
  return { credential: ballot.credential, choices };
}

/** Verify the signature: hash of the ballot without it, and proof of knowledge of the credential. */
function verifySignature(group, ballot) {
  const { signature, ...unsigned } = ballot;
  demand(signature.hash === sha256Base64(compactJson(unsigned)), "bad-signature-hash");
  const credential = prepareNonIdentity(group, ballot.credential);
  verifyKnowledge(group, signaturePrefix(signature.hash), credential, signature.proof, "bad-signature");
}

/** Verify one answer's ciphertexts and proofs. @returns {{alpha: any, beta: any}[]} */
function verifyAnswer(election, question, prefix, answer) {
  const { group } = election;
  const proofNames = question.blank ? ["overall_proof", "blank_proof"] : ["overall_proof"];
  exactMembers(answer, ["choices", "individual_proofs", ...proofNames]);
  const count = choiceCount(question);
  exactArray(answer.choices, count, "wrong-number-of-choices");
  exactArray(answer.individual_proofs, count, "bad-individual-proof");
  const choices = answer.choices.map((choice, i) =>
    within({ choice: i + 1 }, () => ciphertextFromJson(choice, (text) => prepareNonIdentity(group, text))),
  );
  choices.forEach((choice, i) => {
    const statement = individualStatement(group, prefix, choice);
    const proof = answer.individual_proofs[i];
    within({ choice: i + 1 }, () =>
      verifyDisjunction(election, statement.prefix, statement.branches, proof, "bad-individual-proof"),
    );
  });
  const statements = answerStatements(group, question, answerPrefix(prefix, answer.choices), choices);
  verifyStatement(election, statements.overall, answer.overall_proof, "bad-overall-proof");
  if (question.blank) verifyStatement(election, statements.blank, answer.blank_proof, "bad-blank-proof");
  return choices.map(({ alpha, beta }) => ({ alpha: alpha.element, beta: beta.element }));
}

function verifyStatement(election, { prefix, branches }, proof, code) {
  verifyDisjunction(election, prefix, branches, proof, code);
}
