/**
 * A trustee's key pair and its proof of possession (specification, "Verification keys", "Trustees"). The proof
 * stops a trustee from choosing a key that cancels the others'.
 */
import { exactArray, exactMembers, exactString } from "./encoding.js";
import { Unsupported, demand, within } from "./errors.js";
import { demandWritable, groupByName, prepareNonIdentity } from "./groups.js";
import { proveKnowledge, verifyKnowledge } from "./proofs.js";

/** What the proof of possession hashes: "pok|" group name "|" X "|". */
function possessionPrefix(group, publicKeyText) {
  return `pok|${group.name}|${publicKeyText}|`;
}

/**
 * Make a key pair.
 * @param {string} groupName
 * @returns {{privateKey: string, document: {pok: object, public_key: string}}} the private key as a decimal, and
 *   the public part as it stands in trustees.json
 */
export function generateTrusteeKey(groupName) {
  const group = groupByName(groupName);
  demandWritable(group);
  const secret = nonZeroScalar(group);
  const publicKey = group.serialise(group.generatorBase.expSecret(secret));
  const pok = proveKnowledge(group, possessionPrefix(group, publicKey), secret);
  return { privateKey: secret.toString(), document: { pok, public_key: publicKey } };
}

function nonZeroScalar(group) {
  for (;;) {
    const scalar = group.randomScalar();
    if (scalar !== 0n) return scalar;
  }
}

/** @returns {string} the public key of a private key that was read from a key file */
export function publicKeyOf(group, privateKeyText) {
  return group.serialise(group.generatorBase.expSecret(group.parseScalar(privateKeyText)));
}

/**
 * Verify one trustee's public part: key in the group and not the identity, proof of possession.
 * @returns {{text: string, base: import("./shared_base.js").SharedBase, name: string|undefined}}
 * @throws CheckFailed("bad-proof-of-possession" | "not-a-group-element" | "identity-element" | ...)
 */
export function verifyTrusteeKey(group, document) {
  exactMembers(document, ["pok", "public_key", "name?"]);
  if (document.name !== undefined) exactString(document.name);
  const base = prepareNonIdentity(group, document.public_key);
  const prefix = possessionPrefix(group, document.public_key);
  verifyKnowledge(group, prefix, base, document.pok, "bad-proof-of-possession");
  return { text: document.public_key, base, name: document.name };
}

/**
 * Verify the trustees of an election: every key, and that the election's key is their product.
 * @param {{group: any, publicKey: any}} election
 * @param {any} value parsed trustees.json
 * @returns {ReturnType<typeof verifyTrusteeKey>[]} in the order of their numbers, from 1
 */
export function verifyTrustees({ group, publicKey }, value) {
  const kinds = exactArray(value).map((entry) => exactArray(entry, 2)[0]);
  if (kinds.includes("Pedersen")) throw new Unsupported("unsupported-threshold-trustees");
  demand(kinds.length > 0 && kinds.every((kind) => kind === "Single"), "malformed-trustees");
  const trustees = value.map(([, document], i) => within({ trustee: i + 1 }, () => verifyTrusteeKey(group, document)));
  demand(new Set(trustees.map(({ text }) => text)).size === trustees.length, "duplicate-trustee-key");
  const product = trustees.reduce((total, { base }) => group.multiply(total, base.element), group.identity);
  demand(group.equals(product, publicKey), "wrong-election-key");
  return trustees;
}
