/** Randomness for proofs and keys: only the platform's generator, only rejection sampling. */

/**
 * Draw a uniform number below `limit`. A plain remainder of 256 bits would be biased, so numbers that are too
 * large are thrown away and drawn again.
 * @param {bigint} limit
 * @returns {bigint} in [0, limit)
 */
export function randomBelow(limit) {
  const bits = limit.toString(2).length;
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    globalThis.crypto.getRandomValues(bytes);
    let number = 0n;
    for (const byte of bytes) number = (number << 8n) | BigInt(byte);
    number &= mask;
    if (number < limit) return number;
  }
}
