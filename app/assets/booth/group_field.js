/**
 * Subgroups of prime order q of F_p* (specification, "Group parameters"). Elements are canonical decimals with
 * 0 < x < p and x^q = 1. BigInt arithmetic takes a time that depends on its inputs: an attacker who can time this
 * code precisely on the voter's own device is outside the threat model, and Ed25519 is the default.
 */
import { parseDecimal, sha256Number } from "./encoding.js";
import { demand } from "./errors.js";
import { FIELD_PARAMETERS } from "./field_parameters.js";
import { randomBelow } from "./random.js";
import { SharedBase } from "./shared_base.js";

const WINDOW_BITS = 4;
const WINDOW = 1n << BigInt(WINDOW_BITS);

/** @param {string} name @returns {import("./groups.js").Group} */
export function createFieldGroup(name) {
  const { p, q, g } = FIELD_PARAMETERS[name];
  return new FieldGroup(name, p, q, g);
}

class FieldGroup {
  #modulus;
  #fixedGenerator;

  constructor(name, modulus, order, generator) {
    this.name = name;
    this.order = order;
    this.generator = generator;
    this.identity = 1n;
    this.#modulus = modulus;
  }

  get generatorBase() {
    this.#fixedGenerator ??= this.fixedBase(this.generator);
    return this.#fixedGenerator;
  }

  decode(text) {
    const number = parseDecimal(text, "not-a-group-element");
    demand(number > 0n && number < this.#modulus, "not-a-group-element");
    return number;
  }

  isMember(element) {
    return this.exp(element, this.order) === 1n;
  }

  parse(text) {
    const element = this.decode(text);
    demand(this.isMember(element), "not-a-group-element");
    return element;
  }

  serialise(element) {
    return element.toString();
  }

  multiply(a, b) {
    return (a * b) % this.#modulus;
  }

  square(a) {
    return (a * a) % this.#modulus;
  }

  /** Extended Euclid on (a, p). */
  invert(a) {
    let [previous, current] = [this.#modulus, a];
    let [previousFactor, factor] = [0n, 1n];
    while (current !== 0n) {
      const quotient = previous / current;
      [previous, current] = [current, previous - quotient * current];
      [previousFactor, factor] = [factor, previousFactor - quotient * factor];
    }
    return ((previousFactor % this.#modulus) + this.#modulus) % this.#modulus;
  }

  equals(a, b) {
    return a === b;
  }

  compare(a, b) {
    return a < b ? -1 : Number(a > b);
  }

  /** Left-to-right exponentiation, four bits at a time. */
  exp(base, exponent) {
    const table = [1n];
    while (table.length < Number(WINDOW)) table.push(this.multiply(table[table.length - 1], base));
    let result = 1n;
    for (const digit of exponent.toString(16)) {
      for (let i = 0; i < WINDOW_BITS; i += 1) result = this.square(result);
      const value = Number.parseInt(digit, 16);
      if (value !== 0) result = this.multiply(result, table[value]);
    }
    return result;
  }

  expSecret(base, exponent) {
    return this.exp(base, exponent);
  }

  prepare(element) {
    return new SharedBase(this, element, this.order);
  }

  /** Table of element^(d * 16^i): an exponentiation is then one multiplication for each hexadecimal digit. */
  fixedBase(element) {
    const tables = [];
    const windowCount = this.order.toString(16).length;
    for (let i = 0, power = element; i < windowCount; i += 1) {
      const table = [1n];
      while (table.length < Number(WINDOW)) table.push(this.multiply(table[table.length - 1], power));
      tables.push(table);
      power = this.multiply(table[table.length - 1], power);
    }
    const exp = (exponent) => this.#lookUp(tables, exponent);
    return { element, exp, expSecret: exp };
  }

  randomScalar() {
    return randomBelow(this.order);
  }

  parseScalar(text) {
    const scalar = parseDecimal(text, "not-a-scalar");
    demand(scalar < this.order, "not-a-scalar");
    return scalar;
  }

  hashToScalar(prefix, elements) {
    return sha256Number(prefix + elements.join(",")) % this.order;
  }

  #lookUp(tables, exponent) {
    const digits = exponent.toString(16);
    let result = 1n;
    for (let i = 0; i < digits.length; i += 1) {
      const value = Number.parseInt(digits[digits.length - 1 - i], 16);
      if (value !== 0) result = this.multiply(result, tables[i][value]);
    }
    return result;
  }
}
