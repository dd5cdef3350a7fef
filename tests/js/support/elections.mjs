/** Small elections for the tests: keys, credentials, ballots and a complete archive, made by the booth's own code. */
import { writeArchive } from "../../../app/assets/booth/archive.js";
import { deriveCredential } from "../../../app/assets/booth/credentials.js";
import { decryptPartially } from "../../../app/assets/booth/decrypt.js";
import { parseElection } from "../../../app/assets/booth/election.js";
import { compactJson, sha256Hex } from "../../../app/assets/booth/encoding.js";
import { encryptBallot } from "../../../app/assets/booth/encrypt.js";
import { groupByName } from "../../../app/assets/booth/groups.js";
import { randomBelow } from "../../../app/assets/booth/random.js";
import { computeEncryptedTally, encryptedTallyText, lastBallots, sizedTallyText } from "../../../app/assets/booth/tally.js";
import { generateTrusteeKey } from "../../../app/assets/booth/trustee.js";
import { verifyBallot } from "../../../app/assets/booth/verify_ballot.js";

export const GROUPS = ["Ed25519", "BELENIOS-2048"];
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
export const TIMESTAMP = 1795321064;

export const LIBRARY = { answers: ["Post office", "Riverside"], min: 1, max: 1, question: "Where?" };
export const WITH_BLANK = { answers: ["A", "B", "C"], blank: true, min: 1, max: 2, question: "Which?" };
export const OPTIONAL = { answers: ["A", "B", "C"], min: 0, max: 3, question: "Any?" };

function randomText(length) {
  return Array.from({ length }, () => BASE58[Number(randomBelow(58n))]).join("");
}

export function randomCredential() {
  return [5, 6, 5, 6].map(randomText).join("-");
}

/**
 * Make an election with its voters and trustees.
 * @returns everything, secrets included: {text, election, trustees, trusteesText, credentials, credentialsText, weights}
 */
export function makeElection({ groupName = "Ed25519", questions = [LIBRARY], weights = [1n, 1n], trusteeCount = 2 } = {}) {
  const group = groupByName(groupName);
  const trustees = Array.from({ length: trusteeCount }, () => generateTrusteeKey(groupName));
  const key = trustees.reduce(
    (product, { document }) => group.multiply(product, group.parse(document.public_key)),
    group.identity,
  );
  const uuid = randomText(14);
  const text = compactJson({
    version: 1,
    description: "한빛 test",
    name: "Test",
    group: groupName,
    public_key: group.serialise(key),
    questions,
    uuid,
  });
  const election = parseElection(text);
  const credentials = weights.map(randomCredential);
  const publicCredentials = credentials.map((c) => deriveCredential(election, c).publicCredential);
  return {
    text,
    election,
    trustees,
    trusteesText: compactJson(trustees.map(({ document }) => ["Single", document])),
    credentials,
    credentialsText: compactJson(publicCredentials.map((c, i) => (weights[i] === 1n ? c : `${c},${weights[i]}`))),
    weights: new Map(publicCredentials.map((c, i) => [c, weights[i]])),
  };
}

/** Cast choices of voter numbers: [[voter, choices], ...]. @returns {string[]} ballots */
export function makeBallots({ election, credentials }, votes) {
  return votes.map(([voter, choices]) => encryptBallot(election, credentials[voter], choices));
}

/** The data records of the closed election's part of an archive. */
function closingEvents({ election, trustees, weights }, ballots, result) {
  const counted = lastBallots(ballots.map((ballot) => verifyBallot(election, ballot, weights)));
  const tally = computeEncryptedTally(election, counted, weights);
  const tallyText = encryptedTallyText(election.group, tally);
  const decryptions = trustees.map(({ privateKey, document }, i) => {
    const body = compactJson(decryptPartially(election, tally, BigInt(privateKey), document.public_key));
    return event("PartialDecryption", [body, compactJson({ owner: i + 1, payload: sha256Hex(body) })]);
  });
  return [
    { type: "EndBallots", data: [] },
    event("EncryptedTally", [tallyText, sizedTallyText(counted, weights, tallyText)]),
    ...decryptions,
    event("Result", [compactJson({ result })]),
  ];
}

/** An event that points to the last of its data records. */
export function event(type, data) {
  return { type, data, payload: data.length ? sha256Hex(data[data.length - 1]) : undefined };
}

/** The Setup event. */
export function setupEvent({ text, trusteesText, credentialsText }) {
  const data = [text, trusteesText, credentialsText];
  const [election, trustees, credentials] = data.map(sha256Hex);
  return event("Setup", [...data, compactJson({ election, trustees, credentials })]);
}

/** The events of a complete archive; tests alter them before `archiveOf`. */
export function makeEvents(made, ballots, result) {
  return [setupEvent(made), ...ballots.map((ballot) => event("Ballot", [ballot])), ...closingEvents(made, ballots, result)];
}

/** @returns {Uint8Array} */
export function archiveOf(events) {
  return writeArchive(TIMESTAMP, events);
}
