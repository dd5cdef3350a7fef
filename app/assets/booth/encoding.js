/**
 * Bytes and text of Belenios crypto version 1: compact canonical JSON, SHA-256 in its three spellings, and the
 * strict readers for the number forms (specification, "Basic types" and "Ballots").
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { demand } from "./errors.js";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8 = new TextEncoder();

/** Largest number that belenios-tool writes as a JSON integer; above it, a JSON string ("weight"). */
const LARGEST_JSON_INTEGER = 1073741823n;

/** @param {string} text @returns {Uint8Array} its UTF-8 bytes */
export function encodeUtf8(text) {
  return utf8.encode(text);
}

/** @param {Uint8Array} bytes @returns {string} @throws CheckFailed("not-utf8") */
export function decodeUtf8(bytes) {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    demand(false, "not-utf8");
  }
}

/** @param {string|Uint8Array} data @returns {Uint8Array} the 32 bytes of SHA-256 */
function digest(data) {
  return sha256(typeof data === "string" ? encodeUtf8(data) : data);
}

/** @param {Uint8Array} bytes @returns {string} lowercase hexadecimal */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string|Uint8Array} data @returns {string} SHA-256 as 64 lowercase hexadecimal digits ("hash") */
export function sha256Hex(data) {
  return toHex(digest(data));
}

/** @param {string|Uint8Array} data @returns {string} SHA-256 as 43 characters of Base64 without padding */
export function sha256Base64(data) {
  return btoa(String.fromCharCode(...digest(data))).replace(/=+$/, "");
}

/** @param {string} text @returns {bigint} SHA-256 read as a big-endian number */
export function sha256Number(text) {
  return BigInt(`0x${sha256Hex(text)}`);
}

/** Serialise as compact JSON, members in the order in which they were set. */
export function compactJson(value) {
  return JSON.stringify(value);
}

/**
 * Read JSON that must be exactly what compactJson would write: no spaces, no duplicate members, no escapes that
 * are not needed. (Member order is checked by `exactMembers`.)
 * @param {string|Uint8Array} input
 * @returns {any}
 * @throws CheckFailed("not-utf8" | "malformed-json" | "not-canonical")
 */
export function parseCanonicalJson(input) {
  const text = typeof input === "string" ? input : decodeUtf8(input);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    demand(false, "malformed-json");
  }
  demand(compactJson(value) === text, "not-canonical");
  return value;
}

/**
 * Demand an object with exactly these members in this order; a name that ends in "?" may be absent.
 * @param {any} value
 * @param {string[]} names
 */
export function exactMembers(value, names) {
  demand(typeof value === "object" && value !== null && !Array.isArray(value), "malformed-json");
  const expected = names
    .filter((name) => !name.endsWith("?") || Object.hasOwn(value, name.slice(0, -1)))
    .map((name) => name.replace("?", ""));
  const found = Object.keys(value);
  demand(found.length === expected.length && found.every((name, i) => name === expected[i]), "unexpected-members");
}

/** Demand an array, of exactly `length` items when a length is given. */
export function exactArray(value, length, code = "wrong-length") {
  demand(Array.isArray(value), "malformed-json");
  if (length !== undefined) demand(value.length === length, code);
  return value;
}

/** @param {any} value @returns {string} */
export function exactString(value) {
  demand(typeof value === "string", "malformed-json");
  return value;
}

/** @param {any} value @returns {number} a non-negative JSON integer */
export function exactInteger(value) {
  demand(Number.isSafeInteger(value) && value >= 0, "malformed-json");
  return value;
}

/**
 * Read a canonical decimal: digits only, no sign, no leading zero.
 * @param {any} text
 * @returns {bigint}
 */
export function parseDecimal(text, code = "not-a-number") {
  demand(typeof text === "string" && /^(0|[1-9][0-9]*)$/.test(text), code);
  return BigInt(text);
}

/** Read the SHA-256 of a data record: 64 lowercase hexadecimal digits. */
export function parseHash(text) {
  demand(typeof text === "string" && /^[0-9a-f]{64}$/.test(text), "not-a-hash");
  return text;
}

/** Write a count or weight as the peer does: a JSON integer up to 2^30 - 1, a decimal string above. */
export function weightToJson(weight) {
  return weight <= LARGEST_JSON_INTEGER ? Number(weight) : weight.toString();
}

/** Read a count or weight, refusing the spelling that `weightToJson` would not have chosen. */
export function weightFromJson(value) {
  const weight = typeof value === "number" ? BigInt(exactInteger(value)) : parseDecimal(value, "not-a-weight");
  demand(weightToJson(weight) === value, "not-canonical");
  return weight;
}

/** Show a fingerprint or tracker in groups of eight characters, for the eye. */
export function inGroupsOfEight(text) {
  return text.match(/.{1,8}/g)?.join(" ") ?? "";
}
