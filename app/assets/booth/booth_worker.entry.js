/**
 * The worker: everything that takes long or touches secrets runs here, off the page's thread. A request is
 * {id, task, input}; the answers are {id, progress}, then {id, result} or {id, failure: {code, where}}. Results are
 * plain data. The worker makes no request of its own.
 */
import { decryptPartially } from "./decrypt.js";
import { parseCredentialList, parseElection } from "./election.js";
import { parseCanonicalJson } from "./encoding.js";
import { encryptBallot } from "./encrypt.js";
import { CheckFailed, demand } from "./errors.js";
import { openKeyFile, sealKeyFile } from "./keyfile.js";
import { generateTrusteeKey, verifyTrustees } from "./trustee.js";
import { openElectionArchive, verifyAfterBallots, verifyBallotAt } from "./verify.js";
import { trackerOf, verifyBallot } from "./verify_ballot.js";

/** What later tasks need from earlier ones. */
const held = { election: undefined, weights: undefined, archive: undefined, report: undefined };

const tasks = {
  /** Read an election and check that its key belongs to its trustees. */
  openElection({ electionBytes, trusteesBytes, credentialsBytes }) {
    const election = parseElection(electionBytes);
    const trustees = verifyTrustees(election, parseCanonicalJson(trusteesBytes));
    held.weights = parseCredentialList(parseCanonicalJson(credentialsBytes));
    held.election = election;
    const { uuid, name, fingerprint, questions } = election;
    return { uuid, name, fingerprint, questions, trusteeCount: trustees.length };
  },

  /** Encrypt, then verify what came out as the server will. */
  encryptBallot({ credential, choices }, onProgress) {
    const ballot = encryptBallot(held.election, credential, choices, onProgress);
    verifyBallot(held.election, ballot, held.weights);
    return { ballot, tracker: trackerOf(ballot) };
  },

  /** Verify a ballot that waited in the tab. */
  checkBallot({ ballot }) {
    verifyBallot(held.election, ballot, held.weights);
    return { tracker: trackerOf(ballot) };
  },

  generateKey({ groupName }) {
    return generateTrusteeKey(groupName);
  },

  sealKeyFile({ keyFile, passphrase }) {
    return sealKeyFile(keyFile, passphrase);
  },

  openKeyFile({ file, passphrase }) {
    return openKeyFile(file, passphrase);
  },

  openArchive({ bytes, isHelper }) {
    held.archive = openElectionArchive(bytes, { isHelper });
    return { ballotCount: held.archive.ballots.length };
  },

  verifyBallots({ from, to }) {
    for (let index = from; index < to; index += 1) verifyBallotAt(held.archive, index);
  },

  verifyRest() {
    held.report = verifyAfterBallots(held.archive);
    const { election, tally, ...plain } = held.report;
    return { ...plain, uuid: election.uuid, name: election.name, fingerprint: election.fingerprint };
  },

  /** Decrypt the tally that `verifyRest` has computed, never one that was handed in. */
  decrypt({ privateKey, publicKey }) {
    demand(held.report?.tallyHash !== undefined, "no-encrypted-tally");
    const { election, tally } = held.report;
    return decryptPartially(election, tally, election.group.parseScalar(privateKey), publicKey);
  },
};

/** @returns {{code: string, where: object}} what went wrong, as plain data */
function failureOf(error) {
  if (error instanceof CheckFailed) return { code: error.code, where: error.where };
  console.error(error);
  return { code: "unexpected", where: {} };
}

globalThis.addEventListener("message", async ({ data: { id, task, input } }) => {
  const onProgress = (progress) => globalThis.postMessage({ id, progress });
  try {
    globalThis.postMessage({ id, result: await tasks[task](input, onProgress) });
  } catch (error) {
    globalThis.postMessage({ id, failure: failureOf(error) });
  }
});
