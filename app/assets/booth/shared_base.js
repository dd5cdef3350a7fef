/**
 * Several public exponents for one base. Verifying a ballot raises every ciphertext part to each challenge and to
 * the group's order; the squarings are the same each time, so they are done once. Variable time: public data only.
 */

const WINDOW_BITS = 4n;
const DIGITS = 1 << Number(WINDOW_BITS);

/** A base and its powers base^(16^i), with Yao's bucket method on top. */
export class SharedBase {
  /**
   * @param {import("./groups.js").Group} group
   * @param {any} element
   * @param {bigint} largestExponent
   */
  constructor(group, element, largestExponent) {
    this.group = group;
    this.element = element;
    this.windowCount = Math.ceil(largestExponent.toString(16).length);
    this.powers = undefined;
  }

  /** @param {bigint} exponent 0 <= exponent <= largestExponent @returns {any} element^exponent */
  exp(exponent) {
    this.powers ??= this.#squareRepeatedly();
    const buckets = new Array(DIGITS).fill(undefined);
    let rest = exponent;
    for (let i = 0; rest > 0n; i += 1, rest >>= WINDOW_BITS) {
      const digit = Number(rest & 15n);
      if (digit === 0) continue;
      const power = this.powers[i];
      buckets[digit] = buckets[digit] === undefined ? power : this.group.multiply(buckets[digit], power);
    }
    return this.#combine(buckets);
  }

  #squareRepeatedly() {
    const powers = [this.element];
    while (powers.length < this.windowCount) {
      let power = powers[powers.length - 1];
      for (let i = 0n; i < WINDOW_BITS; i += 1n) power = this.group.square(power);
      powers.push(power);
    }
    return powers;
  }

  /** prod_d buckets[d]^d with two multiplications a digit, from the largest digit down. */
  #combine(buckets) {
    let running;
    let total = this.group.identity;
    for (let digit = DIGITS - 1; digit > 0; digit -= 1) {
      if (buckets[digit] !== undefined) {
        running = running === undefined ? buckets[digit] : this.group.multiply(running, buckets[digit]);
      }
      if (running !== undefined) total = this.group.multiply(total, running);
    }
    return total;
  }
}
