/**
 * The whole archive, up to its last event: the decryption page runs this before a trustee's key is used, so that a
 * server cannot have something else decrypted. Homomorphic questions and "Single" trustees; anything else is
 * refused by name. Three steps, so that the long one can be shared between workers:
 * openElectionArchive -> verifyBallotAt for every ballot, in any order -> verifyAfterBallots.
 */
import { parseArchive } from "./archive.js";
import { ciphertextFromJson } from "./elgamal.js";
import { parseElection, verifyCredentials } from "./election.js";
import { decodeUtf8, exactMembers, parseCanonicalJson, parseHash, sha256Base64 } from "./encoding.js";
import { demand, within } from "./errors.js";
import { decryptionOwner, verifyPartialDecryption, verifyResult } from "./decrypt.js";
import {
  computeEncryptedTally,
  encryptedTallyText,
  lastBallots,
  sizedTallyText,
  totalWeightOf,
} from "./tally.js";
import { verifyTrustees } from "./trustee.js";
import { parseBallot, trackerOf, verifyBallot } from "./verify_ballot.js";

/** For each type of event: what may come before it, and how many data records it brings. */
const STATES = {
  Setup: { after: [undefined], records: [4] },
  Ballot: { after: ["Setup", "Ballot"], records: [1] },
  EndBallots: { after: ["Setup", "Ballot"], records: [0] },
  EncryptedTally: { after: ["EndBallots"], records: [2] },
  PartialDecryption: { after: ["EncryptedTally", "PartialDecryption"], records: [2] },
  Result: { after: ["PartialDecryption"], records: [1] },
};

/**
 * Read an archive's form and verify its set-up: event chain, order of events, election, trustees, credentials.
 * @param {Uint8Array} bytes
 * @param {{isHelper?: boolean}} [options] a helper skips the trustees and credentials, which another checks
 */
export function openElectionArchive(bytes, { isHelper = false } = {}) {
  const { events, timestampIsInteger } = parseArchive(bytes);
  const [setup] = events;
  const records = within({ event: 0 }, () => setupRecords(setup));
  const election = within({ event: 0 }, () => parseElection(records.election));
  events.forEach((event, i) => within({ event: i }, () => demandOrder(event, events[i - 1])));
  const credentialList = parseCanonicalJson(records.credentials);
  const trusteeList = parseCanonicalJson(records.trustees);
  const ballots = events.filter(({ type }) => type === "Ballot");
  if (isHelper) return { election, ballots };
  return within({ event: 0 }, () => ({
    election,
    ballots,
    events,
    timestampIsInteger,
    trustees: verifyTrustees(election, trusteeList),
    weights: verifyCredentials(election, credentialList),
    credentialsFingerprint: sha256Base64(records.credentials),
  }));
}

/** The set-up's data by name, their hashes as the setup_data record says. */
function setupRecords(event) {
  demand(event.type === "Setup", "wrong-event-order");
  demand(STATES.Setup.records.includes(event.data.length), "wrong-data-records");
  const last = event.data[event.data.length - 1];
  const value = parseCanonicalJson(last.bytes);
  const names = ["election", "trustees", "credentials"];
  exactMembers(value, names);
  names.forEach((name, i) => demand(parseHash(value[name]) === event.data[i].hash, "wrong-setup-data"));
  return Object.fromEntries(names.map((name, i) => [name, event.data[i].bytes]));
}

/** The state machine, the number of data records, and that the event points to its last record. */
function demandOrder(event, previous) {
  const state = STATES[event.type];
  demand(state !== undefined && state.after.includes(previous?.type), "wrong-event-order");
  demand(state.records.includes(event.data.length), "wrong-data-records");
  demand(event.payload === event.data[event.data.length - 1]?.hash, "wrong-event-payload");
}

/** Verify the ballot with this index by itself (not against the others). */
export function verifyBallotAt({ election, ballots }, index) {
  const { height, data } = ballots[index];
  within({ event: height }, () => verifyBallot(election, data[0].bytes));
}

/**
 * Verify everything that follows from the ballots, which the caller has verified one by one: no copies, known
 * credentials, tally, partial decryptions, result.
 * @param {ReturnType<typeof openElectionArchive>} archive
 */
export function verifyAfterBallots(archive) {
  const { election, events, weights, trustees } = archive;
  const ballots = collectBallots(archive);
  const counted = lastBallots(ballots);
  const tally = computeEncryptedTally(election, counted, weights);
  const tallyText = encryptedTallyText(election.group, tally);
  const tallyEvent = events.find(({ type }) => type === "EncryptedTally");
  if (tallyEvent) within({ event: tallyEvent.height }, () => demandTally(tallyEvent, tallyText, counted, weights));
  const decryptions = verifyDecryptions(archive, tally);
  const result = verifyResultEvent(archive, tally, decryptions, totalWeightOf(counted, weights));
  return {
    election,
    tally,
    tallyHash: tallyEvent?.data[0].hash,
    trackers: ballots.map(({ tracker }) => tracker),
    ballotCount: ballots.length,
    countedCount: counted.length,
    trustees: trustees.map(({ text, name }) => ({ publicKey: text, name })),
    decryptedBy: [...decryptions.keys()],
    lastEventType: events[events.length - 1].type,
    credentialsFingerprint: archive.credentialsFingerprint,
    warnings: archive.timestampIsInteger ? ["timestamp-is-integer"] : [],
    result,
  };
}

/** Decode the verified ballots, refusing copies: the same ballot, or the same randomness, twice. */
function collectBallots({ election, ballots, weights }) {
  const { group } = election;
  const seen = new Set();
  const demandNew = (key, code) => {
    demand(!seen.has(key), code);
    seen.add(key);
  };
  return ballots.map(({ height, data }) =>
    within({ event: height }, () => {
      const ballot = parseBallot(data[0].bytes);
      demand(weights.has(ballot.credential), "unknown-credential");
      const tracker = trackerOf(data[0].bytes);
      demandNew(tracker, "repeated-ballot");
      const choices = ballot.answers.map((answer) =>
        answer.choices.map((choice) => {
          demandNew(choice.alpha, "repeated-ciphertext");
          return ciphertextFromJson(choice, (text) => group.decode(text));
        }),
      );
      return { credential: ballot.credential, tracker, choices };
    }),
  );
}

/** The archived tally must be, byte for byte, the one computed here. */
function demandTally(event, tallyText, counted, weights) {
  const [tally, sized] = event.data;
  demand(decodeUtf8(tally.bytes) === tallyText, "wrong-encrypted-tally");
  demand(decodeUtf8(sized.bytes) === sizedTallyText(counted, weights, tallyText), "wrong-tally-size");
}

/** @returns {Map<number, any[][]>} the verified factors by trustee number */
function verifyDecryptions({ election, events, trustees }, tally) {
  const decryptions = new Map();
  for (const event of events.filter(({ type }) => type === "PartialDecryption")) {
    within({ event: event.height }, () => {
      const [body, owned] = event.data;
      const owner = decryptionOwner(owned.bytes, body.hash);
      demand(owner >= 1 && owner <= trustees.length, "unknown-trustee");
      demand(!decryptions.has(owner), "repeated-partial-decryption");
      decryptions.set(owner, verifyPartialDecryption(election, tally, trustees[owner - 1], body.bytes));
    });
  }
  return decryptions;
}

/** @returns {(number|string)[][]|undefined} the verified result when the archive has one */
function verifyResultEvent({ election, events, trustees }, tally, decryptions, totalWeight) {
  const event = events.find(({ type }) => type === "Result");
  if (!event) return undefined;
  return within({ event: event.height }, () => {
    demand(decryptions.size === trustees.length, "missing-partial-decryption");
    return verifyResult(election, tally, [...decryptions.values()], totalWeight, event.data[0].bytes);
  });
}

/**
 * Verify an archive in this thread, as tests and small elections do.
 * @param {Uint8Array} bytes
 * @param {(fraction: number) => void} [onProgress]
 * @returns {ReturnType<typeof verifyAfterBallots>}
 */
export function verifyArchive(bytes, onProgress = () => {}) {
  const archive = openElectionArchive(bytes);
  archive.ballots.forEach((_, i) => {
    verifyBallotAt(archive, i);
    onProgress((i + 1) / archive.ballots.length);
  });
  return verifyAfterBallots(archive);
}
