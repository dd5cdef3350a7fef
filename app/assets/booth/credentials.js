/**
 * Private credentials of Belenios 2.4 and later (specification at 3.3.0, "Credentials"): 22 base58 characters as
 * XXXXX-XXXXXX-XXXXX-XXXXXX. The secret exponent is derived from the text, dashes included, and the election's
 * uuid. The form has no check digit: whether it is right shows only in the public list.
 */
import { sha256Hex } from "./encoding.js";
import { demand } from "./errors.js";

const CHARACTERS = /^[123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz]{22}$/;
const NOT_PART_OF_CREDENTIAL = /[\s\u200b-\u200d\u2060\ufeff\-\u2010-\u2015\u2212\u30fc\uff0d\ufe58\ufe63]/g;

/**
 * Bring what a voter typed or pasted to the one form that is hashed: spaces and every kind of dash may be missing,
 * doubled or replaced. Letters are kept: upper and lower case differ.
 * @param {string} typed
 * @returns {string} XXXXX-XXXXXX-XXXXX-XXXXXX
 * @throws CheckFailed("credential-length" | "credential-characters")
 */
export function normaliseCredential(typed) {
  const characters = typed.normalize("NFKC").replace(NOT_PART_OF_CREDENTIAL, "");
  demand(characters.length === 22, "credential-length");
  demand(CHARACTERS.test(characters), "credential-characters");
  const groups = [characters.slice(0, 5), characters.slice(5, 11), characters.slice(11, 16), characters.slice(16)];
  return groups.join("-");
}

/**
 * Derive the secret exponent: (x_0 || x_1) mod q with x_i = SHA256("derive_credential|" uuid "|" i "|" credential).
 * @param {{uuid: string, group: import("./groups.js").Group}} election
 * @param {string} credential as `normaliseCredential` returns it
 * @returns {bigint}
 */
export function deriveSecret({ uuid, group }, credential) {
  const halves = [0, 1].map((i) => sha256Hex(`derive_credential|${uuid}|${i}|${credential}`));
  return BigInt(`0x${halves.join("")}`) % group.order;
}

/**
 * @param {{uuid: string, group: import("./groups.js").Group}} election
 * @param {string} credential as `normaliseCredential` returns it
 * @returns {{secret: bigint, publicCredential: string}}
 */
export function deriveCredential(election, credential) {
  const secret = deriveSecret(election, credential);
  const { group } = election;
  return { secret, publicCredential: group.serialise(group.generatorBase.expSecret(secret)) };
}
