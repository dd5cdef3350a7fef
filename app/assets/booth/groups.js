/**
 * The groups of Belenios crypto version 1 behind one interface (specification, "Group parameters" and "Elliptic
 * curves"). A group is accepted by its name in this table only; parameters are never read from a document.
 *
 * @typedef {object} Group
 * @property {string} name
 * @property {bigint} order q, the prime order of the subgroup
 * @property {any} generator
 * @property {any} identity
 * @property {(text: any) => any} decode canonical text to an element that may lie outside the subgroup
 * @property {(element: any) => boolean} isMember
 * @property {(text: any) => any} parse decode and demand membership
 * @property {(element: any) => string} serialise
 * @property {(a: any, b: any) => any} multiply
 * @property {(a: any) => any} square
 * @property {(a: any) => any} invert
 * @property {(a: any, b: any) => boolean} equals
 * @property {(a: any, b: any) => number} compare the order in which the peer sorts elements
 * @property {(base: any, exponent: bigint) => any} exp public exponents: variable time
 * @property {(base: any, exponent: bigint) => any} expSecret secret exponents
 * @property {(element: any) => SharedBase} prepare one base, several public exponents
 * @property {(element: any) => {exp: Function, expSecret: Function}} fixedBase one base, very many exponents
 * @property {{exp: Function, expSecret: Function}} generatorBase
 * @property {() => bigint} randomScalar uniform in [0, q)
 * @property {(text: any) => bigint} parseScalar canonical decimal in [0, q)
 * @property {(prefix: string, elements: any[]) => bigint} hashToScalar SHA256(prefix e1 "," e2 ...) mod q
 */
import { Unsupported, demand } from "./errors.js";
import { createEd25519 } from "./group_ed25519.js";
import { createFieldGroup } from "./group_field.js";

const factories = {
  Ed25519: createEd25519,
  "BELENIOS-2048": () => createFieldGroup("BELENIOS-2048"),
  "RFC-3526-2048": () => createFieldGroup("RFC-3526-2048"),
};

/** Groups in which this code makes keys and ballots; the rest is only read. */
const WRITABLE = ["Ed25519", "BELENIOS-2048"];

const created = new Map();

/** @param {any} name @returns {Group} @throws Unsupported("unsupported-group") */
export function groupByName(name) {
  if (typeof name !== "string" || !Object.hasOwn(factories, name)) throw new Unsupported("unsupported-group");
  if (!created.has(name)) created.set(name, factories[name]());
  return created.get(name);
}

/** Refuse to make keys or ballots in a group that is only read. */
export function demandWritable(group) {
  if (!WRITABLE.includes(group.name)) throw new Unsupported("read-only-group");
}

/** Read an element that must be in the subgroup and not the identity (keys, credentials, ballots). */
export function parseNonIdentity(group, text) {
  const element = group.parse(text);
  demand(!group.equals(element, group.identity), "identity-element");
  return element;
}

/** Decode an element for several exponentiations, with the same demands as `parseNonIdentity`. */
export function prepareNonIdentity(group, text) {
  const prepared = group.prepare(group.decode(text));
  demand(!group.equals(prepared.element, group.identity), "identity-element");
  demand(group.equals(prepared.exp(group.order), group.identity), "not-a-group-element");
  return prepared;
}
