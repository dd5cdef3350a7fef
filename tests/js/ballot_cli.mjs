/**
 * The booth's ballot code on the command line, so that tests in other languages can cross-check theirs with it.
 *   node tests/js/ballot_cli.mjs encrypt   {"election": TEXT, "credential": TEXT, "choices": [[0, 1], ...]} -> ballot
 *   node tests/js/ballot_cli.mjs verify    {"election": TEXT, "ballot": TEXT} -> {"valid": true | false, "error": ...}
 *   node tests/js/ballot_cli.mjs archive   FILE.bel as bytes -> {"valid", "error" | "result", "ballots", "num_tallied"}
 * Input is read from standard input. In a question with a blank vote the blank bit comes first.
 */
import { readFileSync } from "node:fs";
import { parseElection } from "../../app/assets/booth/election.js";
import { encryptBallot } from "../../app/assets/booth/encrypt.js";
import { CheckFailed } from "../../app/assets/booth/errors.js";
import { verifyArchive } from "../../app/assets/booth/verify.js";
import { verifyBallot } from "../../app/assets/booth/verify_ballot.js";

const commands = {
  encrypt(input) {
    const { election, credential, choices } = JSON.parse(input.toString("utf8"));
    return encryptBallot(parseElection(election), credential, choices);
  },
  verify(input) {
    const { election, ballot } = JSON.parse(input.toString("utf8"));
    return report(() => verifyBallot(parseElection(election), ballot) && {});
  },
  archive(input) {
    return report(() => {
      const { result, ballotCount, countedCount } = verifyArchive(new Uint8Array(input));
      return { result, ballots: ballotCount, num_tallied: countedCount };
    });
  },
};

/** @returns {string} JSON with the check's answer, or its name when it failed */
function report(check) {
  try {
    return JSON.stringify({ valid: true, ...check() });
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    return JSON.stringify({ valid: false, error: error.code, where: error.where });
  }
}

const command = commands[process.argv[2]];
if (command === undefined) {
  console.error(`usage: ballot_cli.mjs ${Object.keys(commands).join(" | ")} < INPUT`);
  process.exit(2);
}
try {
  process.stdout.write(`${command(readFileSync(0))}\n`);
} catch (error) {
  console.error(error instanceof CheckFailed ? error.message : error);
  process.exit(1);
}
