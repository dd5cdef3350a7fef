/**
 * Ed25519 as Belenios writes it (specification, "Elliptic curves"): an element is the RFC 8032 encoding read as a
 * little-endian number and written as 64 lowercase hexadecimal digits, most significant first. One encoding per
 * element: y < p, no sign bit where x = 0. Arithmetic by @noble/curves; secret exponents through its `multiply`.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { parseDecimal, sha256Number } from "./encoding.js";
import { demand } from "./errors.js";
import { randomBelow } from "./random.js";
import { SharedBase } from "./shared_base.js";

const Point = ed25519.Point;
const ORDER = Point.Fn.ORDER;
const PRECOMPUTE_WINDOW = 8;

/** Swap the byte order of hexadecimal text: RFC 8032 bytes to the JSON form and back. */
function reverseBytes(hex) {
  return hex.match(/../g).reverse().join("");
}

/** @returns {import("./groups.js").Group} */
export function createEd25519() {
  return new Ed25519Group();
}

class Ed25519Group {
  name = "Ed25519";
  order = ORDER;
  generator = Point.BASE;
  identity = Point.ZERO;
  generatorBase = this.#baseWithTable(Point.BASE);

  decode(text) {
    demand(typeof text === "string" && /^[0-9a-f]{64}$/.test(text), "not-a-group-element");
    try {
      return Point.fromHex(reverseBytes(text), false);
    } catch {
      demand(false, "not-a-group-element");
    }
  }

  isMember(element) {
    return element.isTorsionFree();
  }

  parse(text) {
    const element = this.decode(text);
    demand(this.isMember(element), "not-a-group-element");
    return element;
  }

  serialise(element) {
    return reverseBytes(element.toHex());
  }

  multiply(a, b) {
    return a.add(b);
  }

  square(a) {
    return a.double();
  }

  invert(a) {
    return a.negate();
  }

  equals(a, b) {
    return a.equals(b);
  }

  compare(a, b) {
    const [left, right] = [a.toHex(), b.toHex()];
    return left < right ? -1 : Number(left > right);
  }

  exp(base, exponent) {
    return base.multiplyUnsafe(exponent % ORDER);
  }

  expSecret(base, exponent) {
    // noble's constant-time multiplication refuses zero, which Z_q contains.
    return exponent === 0n ? Point.ZERO : base.multiply(exponent);
  }

  prepare(element) {
    return new SharedBase(this, element, ORDER);
  }

  fixedBase(element) {
    element.precompute(PRECOMPUTE_WINDOW, true);
    return this.#baseWithTable(element);
  }

  randomScalar() {
    return randomBelow(ORDER);
  }

  parseScalar(text) {
    const scalar = parseDecimal(text, "not-a-scalar");
    demand(scalar < ORDER, "not-a-scalar");
    return scalar;
  }

  hashToScalar(prefix, elements) {
    return sha256Number(prefix + elements.map((element) => this.serialise(element)).join(",")) % ORDER;
  }

  #baseWithTable(element) {
    return {
      element,
      exp: (exponent) => this.exp(element, exponent),
      expSecret: (exponent) => this.expSecret(element, exponent),
    };
  }
}
