import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { CheckFailed } from "../../app/assets/booth/errors.js";
import { encodeUtf8, sha256Hex } from "../../app/assets/booth/encoding.js";
import { parseArchive, tarHeader } from "../../app/assets/booth/archive.js";
import { encryptBallot } from "../../app/assets/booth/encrypt.js";
import { verifyArchive } from "../../app/assets/booth/verify.js";
import {
  GROUPS,
  LIBRARY,
  TIMESTAMP,
  WITH_BLANK,
  archiveOf,
  event,
  makeBallots,
  makeElection,
  makeEvents,
  randomCredential,
  setupEvent,
} from "./support/elections.mjs";
import { refuses } from "./support/refusals.mjs";

const VOTES = [
  [0, [[1, 0], [0, 1, 0, 0]]],
  [1, [[0, 1], [1, 0, 0, 0]]],
  [0, [[0, 1], [0, 0, 1, 1]]],
];
const RESULT = [[0, 4], [3, 0, 1, 1]];

function complete(groupName) {
  const made = makeElection({ groupName, questions: [LIBRARY, WITH_BLANK], weights: [1n, 3n, 1n] });
  const ballots = makeBallots(made, VOTES);
  return { made, ballots, events: makeEvents(made, ballots, RESULT) };
}

const position = (events, type) => events.findIndex((one) => one.type === type);
const without = (events, type) => events.filter((one) => one.type !== type);

/** Replace the data of one event by what `change` makes of its parsed JSON, hashes made to fit. */
function changed(events, type, index, change) {
  const at = position(events, type);
  const data = events[at].data.map((datum, i) => {
    if (i !== index) return datum;
    const value = JSON.parse(datum);
    return JSON.stringify(change(value) ?? value);
  });
  if (type === "PartialDecryption" && index === 0) {
    data[1] = JSON.stringify({ ...JSON.parse(data[1]), payload: sha256Hex(data[0]) });
  }
  return events.toSpliced(at, 1, event(type, data));
}

function withSetup(events, made, change) {
  return [setupEvent({ ...made, ...change }), ...events.slice(1)];
}

/** Every alteration of a fresh archive that the decryption page must refuse: [name, events, code]. */
function alterations({ made, ballots, events }) {
  const again = event("Ballot", [ballots[0]]);
  const end = position(events, "EndBallots");
  const result = events[events.length - 1];
  const trustees = JSON.parse(made.trusteesText);
  const credentials = JSON.parse(made.credentialsText);
  const stranger = encryptBallot(made.election, randomCredential(), VOTES[0][1]);
  const ballotEdit = (change) => changed(events, "Ballot", 0, change);
  const badPok = structuredClone(trustees);
  badPok[0][1].pok.response = "1";
  return [
    ["proof response + 1", ballotEdit((b) => void (b.answers[0].overall_proof[0].response += "1")), undefined],
    ["signature", ballotEdit((b) => void (b.signature.proof.response = "1")), "bad-signature"],
    ["another credential", ballotEdit((b) => void (b.credential = credentials[2])), "bad-signature-hash"],
    ["unknown credential", events.toSpliced(1, 1, event("Ballot", [stranger])), "unknown-credential"],
    ["replayed ballot", events.toSpliced(2, 0, again), "repeated-ballot"],
    ["spaces", events.toSpliced(1, 1, event("Ballot", [ballots[0].replace(":", ": ")])), "not-canonical"],
    ["ballot dropped", events.toSpliced(2, 1), "wrong-encrypted-tally"],
    ["ballot after the end", events.toSpliced(end + 1, 0, again), "wrong-event-order"],
    ["no EndBallots", without(events, "EndBallots"), "wrong-event-order"],
    ["no EncryptedTally", without(events, "EncryptedTally"), "wrong-event-order"],
    ["second result", [...events, result], "wrong-event-order"],
    ["second setup", events.toSpliced(1, 0, events[0]), "wrong-event-order"],
    ["wrong result", changed(events, "Result", 0, (r) => void (r.result[0] = [1, 3])), "wrong-result"],
    ["result too large", changed(events, "Result", 0, (r) => void (r.result[0] = [0, 5])), "wrong-result"],
    ["factors swapped", changed(events, "PartialDecryption", 0, (d) => void d.decryption_factors[0].reverse()), "bad-decryption-proof"],
    ["decryption proof", changed(events, "PartialDecryption", 0, (d) => void (d.decryption_proofs[0][0].response = "1")), "bad-decryption-proof"],
    ["wrong owner", changed(events, "PartialDecryption", 1, (d) => void (d.owner = 2)), "bad-decryption-proof"],
    ["owner out of range", changed(events, "PartialDecryption", 1, (d) => void (d.owner = 3)), "unknown-trustee"],
    ["decryption missing", events.toSpliced(position(events, "PartialDecryption"), 1), "missing-partial-decryption"],
    ["tally altered", changed(events, "EncryptedTally", 0, (t) => void t[0].reverse()), "wrong-encrypted-tally"],
    ["num_tallied inflated", changed(events, "EncryptedTally", 1, (t) => void (t.num_tallied += 1)), "wrong-tally-size"],
    ["total_weight inflated", changed(events, "EncryptedTally", 1, (t) => void (t.total_weight += 1)), "wrong-tally-size"],
    ["duplicate credential", withSetup(events, made, { credentialsText: JSON.stringify([...credentials, credentials[0]]) }), "duplicate-credential"],
    ["weight changed", withSetup(events, made, { credentialsText: made.credentialsText.replace(",3", ",4") }), "wrong-encrypted-tally"],
    ["proof of possession", withSetup(events, made, { trusteesText: JSON.stringify(badPok) }), "bad-proof-of-possession"],
    ["trustee removed", withSetup(events, made, { trusteesText: JSON.stringify(trustees.slice(1)) }), "wrong-election-key"],
    ["trustee twice", withSetup(events, made, { trusteesText: JSON.stringify([...trustees, trustees[0]]) }), "duplicate-trustee-key"],
    ["election changed", withSetup(events, made, { text: made.text.replace("Where?", "Who?") }), "wrong-election-hash"],
    ["unknown group", withSetup(events, made, { text: made.text.replace(/"group":"[^"]*"/, '"group":"Own"') }), "unsupported-group"],
    ["payload of another record", events.toSpliced(1, 1, { ...events[1], payload: events[2].payload }), "wrong-event-payload"],
    ["payload where none belongs", events.toSpliced(end, 1, { ...events[end], payload: events[1].payload }), "wrong-event-payload"],
  ];
}

for (const groupName of GROUPS) {
  const archive = complete(groupName);
  const bytes = archiveOf(archive.events);

  test(`${groupName}: a fresh archive verifies, whole and at every earlier point`, () => {
    const report = verifyArchive(bytes);
    assert.deepEqual(report.result, RESULT);
    assert.deepEqual([report.ballotCount, report.countedCount], [3, 2]);
    assert.deepEqual(report.decryptedBy, [1, 2]);
    for (let length = 1; length < archive.events.length; length += 1) {
      const partial = verifyArchive(archiveOf(archive.events.slice(0, length)));
      assert.equal(partial.result, undefined);
      assert.equal(partial.lastEventType, archive.events[length - 1].type);
    }
  });

  test(`${groupName}: partial decryptions in another order, and an election without ballots, verify`, () => {
    const at = position(archive.events, "PartialDecryption");
    const [first, second] = archive.events.slice(at, at + 2);
    assert.deepEqual(verifyArchive(archiveOf(archive.events.toSpliced(at, 2, second, first))).result, RESULT);
    const made = makeElection({ groupName });
    assert.deepEqual(verifyArchive(archiveOf(makeEvents(made, [], [[0, 0]]))).result, [[0, 0]]);
  });

  test(`${groupName}: every alteration is refused by name`, () => {
    for (const [name, events, code] of alterations(archive)) {
      if (code) refuses(() => verifyArchive(archiveOf(events)), code, name);
      else assert.throws(() => verifyArchive(archiveOf(events)), CheckFailed, name);
    }
  });

  test(`${groupName}: a repeated ciphertext is refused across ballots`, () => {
    const { made } = archive;
    const random = globalThis.crypto.getRandomValues;
    const ballot = () => encryptBallot(made.election, made.credentials[0], VOTES[0][1]);
    try {
      let counter = 0;
      const deterministic = (array) => array.fill((counter += 1) % 251);
      globalThis.crypto.getRandomValues = deterministic;
      const first = ballot();
      counter = 0;
      const second = encryptBallot(made.election, made.credentials[2], VOTES[0][1]);
      const events = [archive.events[0], event("Ballot", [first]), event("Ballot", [second])];
      refuses(() => verifyArchive(archiveOf(events)), "repeated-ciphertext");
    } finally {
      globalThis.crypto.getRandomValues = random;
    }
  });
}

test("the tar form is exact", () => {
  const { events } = complete("Ed25519");
  const bytes = archiveOf(events);
  const grown = (extra) => Uint8Array.from([...bytes, ...extra]);
  refuses(() => parseArchive(bytes.subarray(0, bytes.length - 512)), "truncated-archive");
  refuses(() => parseArchive(bytes.subarray(0, 700)), "truncated-archive");
  assert.throws(() => parseArchive(grown(new Uint8Array(1024))), CheckFailed);
  refuses(() => parseArchive(new Uint8Array()), "truncated-archive");
  const stray = encodeUtf8("[]");
  const padded = new Uint8Array(512);
  padded.set(stray);
  const header = tarHeader(`${sha256Hex(stray)}.data.json`, stray.length, TIMESTAMP);
  refuses(() => parseArchive(grown([...header, ...padded])), "data-after-last-event");
});

test("random one-byte changes are refused", () => {
  const made = makeElection();
  const bytes = archiveOf(makeEvents(made, makeBallots(made, [[0, [[1, 0]]]]), [[1, 0]]));
  for (let i = 0; i < 1000; i += 1) {
    const altered = Uint8Array.from(bytes);
    altered[randomInt(altered.length)] ^= randomInt(1, 256);
    assert.throws(() => verifyArchive(altered), CheckFailed);
  }
});
