/**
 * Exponential ElGamal (specification, "Encrypted answers"): a ciphertext of m is alpha = g^r, beta = y^r g^m.
 * A ciphertext here is {alpha, beta} of group elements; its JSON form has the same members as text.
 */
import { exactMembers } from "./encoding.js";

/** @returns {{alpha: any, beta: any}} a ciphertext of `message` under fixed base `keyBase` with randomness `r` */
export function encrypt(group, keyBase, message, r) {
  const shared = keyBase.expSecret(r);
  const encoded = group.generatorBase.expSecret(BigInt(message));
  return { alpha: group.generatorBase.expSecret(r), beta: group.multiply(shared, encoded) };
}

/** Multiply ciphertexts part by part: a ciphertext of the sum. The product of none is (1, 1). */
export function multiplyCiphertexts(group, ciphertexts) {
  return ciphertexts.reduce(
    (product, { alpha, beta }) => ({
      alpha: group.multiply(product.alpha, alpha),
      beta: group.multiply(product.beta, beta),
    }),
    { alpha: group.identity, beta: group.identity },
  );
}

/** Raise both parts to a public weight. */
export function raiseCiphertext(group, { alpha, beta }, weight) {
  if (weight === 1n) return { alpha, beta };
  return { alpha: group.exp(alpha, weight), beta: group.exp(beta, weight) };
}

/** @returns {{alpha: string, beta: string}} the JSON form */
export function ciphertextToJson(group, { alpha, beta }) {
  return { alpha: group.serialise(alpha), beta: group.serialise(beta) };
}

/** Read a ciphertext with `parsePart` (text to element) for both parts. */
export function ciphertextFromJson(value, parsePart) {
  exactMembers(value, ["alpha", "beta"]);
  return { alpha: parsePart(value.alpha), beta: parsePart(value.beta) };
}
