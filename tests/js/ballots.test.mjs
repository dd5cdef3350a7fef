import assert from "node:assert/strict";
import { test } from "node:test";
import { encryptBallot } from "../../app/assets/booth/encrypt.js";
import { compactJson, sha256Base64 } from "../../app/assets/booth/encoding.js";
import { deriveSecret } from "../../app/assets/booth/credentials.js";
import { groupByName } from "../../app/assets/booth/groups.js";
import { proveKnowledge } from "../../app/assets/booth/proofs.js";
import { signaturePrefix } from "../../app/assets/booth/statements.js";
import { verifyBallot } from "../../app/assets/booth/verify_ballot.js";
import { GROUPS, LIBRARY, OPTIONAL, WITH_BLANK, makeElection, randomCredential } from "./support/elections.mjs";
import { refuses } from "./support/refusals.mjs";

const BLANK_ONLY = { answers: ["A"], blank: true, min: 0, max: 1, question: "Maybe?" };
const EXACTLY_TWO = { answers: ["A", "B", "C"], min: 2, max: 2, question: "Two?" };
const questions = [LIBRARY, WITH_BLANK, OPTIONAL, EXACTLY_TWO, BLANK_ONLY];
const allowed = [
  [[1, 0], [0, 1, 1, 0], [0, 0, 0], [1, 1, 0], [0, 0]],
  [[0, 1], [1, 0, 0, 0], [1, 1, 1], [0, 1, 1], [1, 0]],
  [[0, 1], [0, 0, 0, 1], [0, 1, 0], [1, 0, 1], [0, 1]],
];

/** Sign an altered ballot again with its voter's own credential, as a dishonest voter can. */
function signAgain(made, ballot) {
  const { signature: _, ...unsigned } = ballot;
  const hash = sha256Base64(compactJson(unsigned));
  const secret = deriveSecret(made.election, made.credentials[0]);
  const proof = proveKnowledge(made.election.group, signaturePrefix(hash), secret);
  return compactJson({ ...unsigned, signature: { hash, proof } });
}

for (const groupName of GROUPS) {
  const made = makeElection({ groupName, questions });
  const { election, credentials, weights } = made;

  test(`${groupName}: every allowed choice gives a ballot that verifies`, () => {
    for (const choices of allowed) {
      let progress = 0;
      const ballot = encryptBallot(election, credentials[0], choices, (fraction) => (progress = fraction));
      assert.equal(progress, 1);
      assert.ok(weights.has(verifyBallot(election, ballot, weights).credential));
    }
  });

  test(`${groupName}: choices that the election does not allow are not encrypted`, () => {
    const cases = [
      [[[1, 1], ...allowed[0].slice(1)], "too-many-choices"],
      [[[0, 0], ...allowed[0].slice(1)], "too-few-choices"],
      [[[1, 2], ...allowed[0].slice(1)], "choice-not-a-bit"],
      [[[1], ...allowed[0].slice(1)], "wrong-number-of-choices"],
      [[allowed[0][0], [1, 1, 0, 0], ...allowed[0].slice(2)], "blank-with-choices"],
      [allowed[0].slice(1), "wrong-number-of-answers"],
    ];
    for (const [choices, code] of cases) refuses(() => encryptBallot(election, credentials[0], choices), code);
  });

  test(`${groupName}: an altered ballot is refused, even when its voter signs it again`, () => {
    const { order } = groupByName(groupName);
    const text = encryptBallot(election, credentials[0], allowed[0]);
    const plusOne = (number) => ((BigInt(number) + 1n) % order).toString();
    const alterations = {
      "bad-individual-proof": (b) => (b.answers[0].individual_proofs[0][1].response = plusOne("5")),
      "bad-overall-proof": (b) => (b.answers[2].overall_proof[3].challenge = plusOne("7")),
      "bad-blank-proof": (b) => (b.answers[1].blank_proof[0].response = plusOne("9")),
      "not-a-scalar": (b) => {
        const proof = b.answers[0].individual_proofs[0][0];
        proof.challenge = (BigInt(proof.challenge) + order).toString();
      },
      "wrong-number-of-choices": (b) => b.answers[0].choices.pop(),
      "wrong-number-of-answers": (b) => b.answers.pop(),
      "wrong-election-hash": (b) => (b.election_hash = sha256Base64("another")),
      "wrong-election-uuid": (b) => (b.election_uuid = "QaBcDeFgHjKLmn"),
      "identity-element": (b) => (b.answers[0].choices[0].alpha = election.group.serialise(election.group.identity)),
      "not-a-group-element": (b) => (b.answers[0].choices[0].alpha = "02".repeat(32)),
      "unexpected-members": (b) => (b.answers[0].blank_proof = b.answers[1].blank_proof),
      "malformed-json": (b) => (b.answers[0] = null),
    };
    for (const [code, alter] of Object.entries(alterations)) {
      const ballot = JSON.parse(text);
      alter(ballot);
      refuses(() => verifyBallot(election, signAgain(made, ballot), weights), code, code);
    }
  });

  test(`${groupName}: an answer is bound to its question and to its voter`, () => {
    const text = encryptBallot(election, credentials[0], allowed[0]);
    const other = JSON.parse(encryptBallot(election, credentials[1], allowed[1]));
    const copied = { ...JSON.parse(text), answers: other.answers };
    refuses(() => verifyBallot(election, signAgain(made, copied), weights), "bad-individual-proof");
    refuses(() => verifyBallot(election, compactJson(copied), weights), "bad-signature-hash");
    const stolen = { ...other, credential: JSON.parse(text).credential };
    refuses(() => verifyBallot(election, signAgain(made, stolen), weights), "bad-individual-proof");
  });

  test(`${groupName}: form and signature`, () => {
    const text = encryptBallot(election, credentials[0], allowed[0]);
    const signatureChanged = JSON.parse(text);
    signatureChanged.signature.proof.response = "12345";
    refuses(() => verifyBallot(election, compactJson(signatureChanged), weights), "bad-signature");
    refuses(() => verifyBallot(election, text.replace('{"', '{ "'), weights), "not-canonical");
    refuses(() => verifyBallot(election, `${text}\n`, weights), "not-canonical");
    refuses(() => verifyBallot(election, text.slice(1), weights), "malformed-json");
    const { credential, ...rest } = JSON.parse(text);
    refuses(() => verifyBallot(election, compactJson({ ...rest, credential }), weights), "unexpected-members");
    const stranger = encryptBallot(election, randomCredential(), allowed[0]);
    refuses(() => verifyBallot(election, stranger, weights), "unknown-credential");
  });
}

test("fresh randomness: no alpha and no commitment repeats over many ballots", () => {
  const { election, credentials } = makeElection();
  const seen = new Set();
  for (let i = 0; i < 200; i += 1) {
    const ballot = JSON.parse(encryptBallot(election, credentials[0], [[1, 0]]));
    const values = ballot.answers.flatMap(({ choices }) => choices.map(({ alpha }) => alpha));
    for (const value of [...values, ballot.signature.proof.challenge]) {
      assert.ok(!seen.has(value));
      seen.add(value);
    }
  }
});

test("no ballot is made in a group that is only read", () => {
  const { election, credentials } = makeElection();
  const readOnly = { ...election, group: groupByName("RFC-3526-2048") };
  refuses(() => encryptBallot(readOnly, credentials[0], [[1, 0]]), "read-only-group");
});
