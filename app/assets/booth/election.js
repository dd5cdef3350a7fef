/**
 * election.json and the public credentials (specification, "Elections", "Credentials").
 *
 * @typedef {object} Question
 * @property {string} title
 * @property {string[]} answers
 * @property {boolean} blank whether a blank vote is offered
 * @property {number} min
 * @property {number} max
 *
 * @typedef {object} Election
 * @property {string} uuid
 * @property {string} name
 * @property {string} description
 * @property {string} fingerprint phi: Base64 SHA-256 of the exact bytes of election.json
 * @property {import("./groups.js").Group} group
 * @property {any} publicKey y
 * @property {any} keyBase fixed base of y
 * @property {Question[]} questions
 */
import {
  exactArray,
  exactInteger,
  exactMembers,
  exactString,
  parseCanonicalJson,
  parseDecimal,
  sha256Base64,
} from "./encoding.js";
import { Unsupported, demand, within } from "./errors.js";
import { groupByName, parseNonIdentity } from "./groups.js";

const UUID = /^[123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz]{14,}$/;
const ELECTION_MEMBERS = [
  "version",
  "description",
  "name",
  "group",
  "public_key",
  "questions",
  "uuid",
  "administrator?",
  "credential_authority?",
  "language?",
];

/**
 * Read election.json.
 * @param {string|Uint8Array} input its exact bytes or text
 * @returns {Election}
 * @throws CheckFailed, Unsupported
 */
export function parseElection(input) {
  const value = parseCanonicalJson(input);
  demand(value !== null && typeof value === "object", "malformed-json");
  if (value.version !== 1) throw new Unsupported("unsupported-version");
  exactMembers(value, ELECTION_MEMBERS);
  for (const member of ["description", "name", "uuid"]) exactString(value[member]);
  demand(UUID.test(value.uuid), "malformed-uuid");
  const group = groupByName(value.group);
  const questions = exactArray(value.questions).map((question, i) =>
    within({ question: i + 1 }, () => parseQuestion(question)),
  );
  demand(questions.length > 0, "no-questions");
  const publicKey = parseNonIdentity(group, value.public_key);
  const { uuid, name, description } = value;
  const fingerprint = sha256Base64(input);
  return { uuid, name, description, fingerprint, group, publicKey, keyBase: group.fixedBase(publicKey), questions };
}

/** @returns {Question} @throws Unsupported for any type but the homomorphic one, which has no "type" member */
function parseQuestion(value) {
  demand(typeof value === "object" && value !== null, "malformed-json");
  if (Object.hasOwn(value, "type")) throw new Unsupported("unsupported-question-type");
  exactMembers(value, ["answers", "blank?", "min", "max", "question"]);
  const answers = exactArray(value.answers).map(exactString);
  const [min, max] = [exactInteger(value.min), exactInteger(value.max)];
  if (value.blank !== undefined) demand(typeof value.blank === "boolean", "malformed-json");
  demand(answers.length > 0 && min <= max && max <= answers.length, "malformed-question");
  return { title: exactString(value.question), answers, blank: value.blank === true, min, max };
}

/**
 * Read the public credentials' text without group operations, as the booth needs it: is mine on the list?
 * @param {any} value parsed credentials.json
 * @returns {Map<string, bigint>} public credential to weight
 */
export function parseCredentialList(value) {
  const weights = new Map();
  for (const entry of exactArray(value)) {
    const parts = exactString(entry).split(",");
    demand(parts.length <= 2, "malformed-credential");
    demand(!weights.has(parts[0]), "duplicate-credential");
    weights.set(parts[0], parts.length === 2 ? parseDecimal(parts[1], "not-a-weight") : 1n);
  }
  return weights;
}

/** Read the public credentials and demand that each is a key: in the group, not the identity, no duplicates. */
export function verifyCredentials({ group }, value) {
  const weights = parseCredentialList(value);
  [...weights.keys()].forEach((credential, i) =>
    within({ credential: i + 1 }, () => parseNonIdentity(group, credential)),
  );
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0n);
  demand(total < group.order, "weights-too-large");
  return weights;
}
