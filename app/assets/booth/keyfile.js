/**
 * A trustee's private key at rest: an age file (age-encryption.org/v1) under a passphrase, so that the command line
 * and any age program can read it too. The plaintext is compact JSON; `tally_hash` is null until the trustee has
 * decrypted, and afterwards names the one tally that this copy of the file may decrypt again.
 *
 * @typedef {object} KeyFile
 * @property {1} version
 * @property {string} election_uuid
 * @property {number} trustee_number from 1
 * @property {string} group
 * @property {string} public_key
 * @property {string} private_key
 * @property {string|null} tally_hash lowercase hexadecimal SHA-256 of the encrypted tally
 */
import { Decrypter, Encrypter, armor } from "age-encryption";
import { compactJson, decodeUtf8, exactMembers, parseCanonicalJson, parseHash } from "./encoding.js";
import { demand } from "./errors.js";
import { groupByName } from "./groups.js";
import { publicKeyOf } from "./trustee.js";

const MEMBERS = ["version", "election_uuid", "trustee_number", "group", "public_key", "private_key", "tally_hash"];
const ARMOR_START = "-----BEGIN AGE ENCRYPTED FILE-----";
const AGE_START = "age-encryption.org/v1\n";

/**
 * Encrypt a key file.
 * @param {KeyFile} keyFile
 * @param {string} passphrase
 * @param {number} [workFactor] log2 of scrypt's N; only tests lower it
 * @returns {Promise<{file: Uint8Array, armored: string}>} the same file as bytes and as text for printing
 */
export async function sealKeyFile(keyFile, passphrase, workFactor) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  if (workFactor !== undefined) encrypter.setScryptWorkFactor(workFactor);
  const ordered = Object.fromEntries(MEMBERS.map((member) => [member, keyFile[member]]));
  const file = await encrypter.encrypt(compactJson(ordered));
  return { file, armored: armor.encode(file) };
}

/**
 * Decrypt a key file and check that it is whole: its private key fits its public key.
 * @param {Uint8Array} file as saved, or the printed text typed in again
 * @param {string} passphrase
 * @returns {Promise<KeyFile>}
 * @throws CheckFailed("not-a-key-file" | "wrong-passphrase" | "malformed-key-file")
 */
export async function openKeyFile(file, passphrase) {
  const bytes = withoutArmor(file);
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  let plaintext;
  try {
    plaintext = await decrypter.decrypt(bytes);
  } catch {
    demand(false, "wrong-passphrase");
  }
  return parseKeyFile(plaintext);
}

/** @returns {Uint8Array} the binary form of an age file in either form */
function withoutArmor(file) {
  const start = String.fromCharCode(...file.subarray(0, 200)).trimStart();
  if (start.startsWith(AGE_START)) return file;
  demand(start.startsWith(ARMOR_START), "not-a-key-file");
  try {
    return armor.decode(decodeUtf8(file));
  } catch {
    demand(false, "not-a-key-file");
  }
}

/** @param {Uint8Array} plaintext @returns {KeyFile} */
function parseKeyFile(plaintext) {
  try {
    const keyFile = parseCanonicalJson(plaintext);
    exactMembers(keyFile, MEMBERS);
    demand(keyFile.version === 1, "malformed-key-file");
    if (keyFile.tally_hash !== null) parseHash(keyFile.tally_hash);
    demand(publicKeyOf(groupByName(keyFile.group), keyFile.private_key) === keyFile.public_key, "malformed-key-file");
    return keyFile;
  } catch {
    demand(false, "malformed-key-file");
  }
}
