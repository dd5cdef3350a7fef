import assert from "node:assert/strict";
import { test } from "node:test";
import { groupByName, parseNonIdentity, prepareNonIdentity } from "../../app/assets/booth/groups.js";
import { FIELD_PARAMETERS } from "../../app/assets/booth/field_parameters.js";
import { randomBelow } from "../../app/assets/booth/random.js";
import { GROUPS } from "./support/elections.mjs";
import { refuses } from "./support/refusals.mjs";

const ED25519_P = 2n ** 255n - 19n;
const hex64 = (number) => number.toString(16).padStart(64, "0");

for (const name of [...GROUPS, "RFC-3526-2048"]) {
  const group = groupByName(name);

  test(`${name}: exponents add, and every way to exponentiate agrees`, () => {
    const [a, b] = [group.randomScalar(), group.randomScalar()];
    const element = group.generatorBase.exp(a);
    const expected = group.generatorBase.exp((a * b) % group.order);
    for (const exp of [
      (k) => group.exp(element, k),
      (k) => group.expSecret(element, k),
      (k) => group.prepare(element).exp(k),
      (k) => group.fixedBase(element).exp(k),
    ]) {
      assert.ok(group.equals(exp(b), expected));
      assert.ok(group.equals(exp(0n), group.identity));
      assert.ok(group.equals(exp(1n), element));
      assert.ok(group.equals(group.multiply(exp(group.order - 1n), element), group.identity));
    }
    assert.ok(group.equals(group.multiply(element, group.invert(element)), group.identity));
  });

  test(`${name}: text is read back, and the order check holds`, () => {
    const element = group.generatorBase.exp(group.randomScalar());
    assert.ok(group.equals(group.parse(group.serialise(element)), element));
    assert.ok(group.isMember(element));
    refuses(() => group.parseScalar(group.order.toString()), "not-a-scalar");
    refuses(() => group.parseScalar("01"), "not-a-scalar");
    refuses(() => group.parseScalar(5), "not-a-scalar");
    refuses(() => group.parseScalar("-1"), "not-a-scalar");
  });

  test(`${name}: the identity is read, but refused in keys, credentials and ballots`, () => {
    const text = group.serialise(group.identity);
    assert.ok(group.equals(group.parse(text), group.identity));
    refuses(() => parseNonIdentity(group, text), "identity-element");
    refuses(() => prepareNonIdentity(group, text), "identity-element");
  });
}

test("the field groups' parameters fit together", () => {
  for (const { p, q, g } of Object.values(FIELD_PARAMETERS)) {
    assert.equal((p - 1n) % q, 0n);
    assert.equal(p.toString(2).length, 2048);
    assert.notEqual(g, 1n);
  }
});

for (const name of ["BELENIOS-2048", "RFC-3526-2048"]) {
  test(`${name}: numbers outside the subgroup and other spellings are refused`, () => {
    const group = groupByName(name);
    const { p } = FIELD_PARAMETERS[name];
    const outside = p - group.generator;
    for (const text of ["0", "-1", "+1", "01", "1 ", "0x1", "", "1.0", p.toString(), (p + 1n).toString(), null, 1]) {
      refuses(() => group.parse(text), "not-a-group-element");
    }
    refuses(() => group.parse(outside.toString()), "not-a-group-element");
    refuses(() => prepareNonIdentity(group, outside.toString()), "not-a-group-element");
  });
}

test("Ed25519: the generator's bytes are reversed", () => {
  const group = groupByName("Ed25519");
  assert.equal(group.serialise(group.generator), `${"6".repeat(62)}58`);
  assert.equal(group.serialise(group.identity), hex64(1n));
});

test("Ed25519: points with a small-order part and second encodings are refused", () => {
  const group = groupByName("Ed25519");
  const smallOrder = [
    hex64(ED25519_P - 1n), // (0, -1), order 2
    hex64(0n), // order 4
    "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", // order 8
  ];
  for (const text of smallOrder) {
    const point = group.decode(text);
    refuses(() => group.parse(text), "not-a-group-element");
    refuses(() => prepareNonIdentity(group, text), "not-a-group-element");
    const mixed = group.serialise(group.multiply(group.generatorBase.exp(12345n), point));
    refuses(() => group.parse(mixed), "not-a-group-element");
    refuses(() => prepareNonIdentity(group, mixed), "not-a-group-element");
  }
  const otherEncodings = [
    hex64(ED25519_P + 1n), // identity with y >= p
    hex64(1n + 2n ** 255n), // identity with a sign bit
    hex64(ED25519_P + 1n + 2n ** 255n),
    "6".repeat(62) + "5", // too short
    hex64(1n).replace("1", "1 "),
    `${"6".repeat(61)}58`.toUpperCase(),
    "A".repeat(64),
  ];
  for (const text of otherEncodings) refuses(() => group.parse(text), "not-a-group-element");
});

test("an unknown group is refused by name", () => {
  for (const name of ["Ristretto", "__proto__", "constructor", undefined, 7]) {
    refuses(() => groupByName(name), "unsupported-group");
  }
});

test("random numbers stay below the limit and are not biased towards its start", () => {
  const limit = 3n * 2n ** 61n;
  const draws = Array.from({ length: 3000 }, () => randomBelow(limit));
  assert.ok(draws.every((draw) => draw >= 0n && draw < limit));
  const thirds = [0, 0, 0];
  for (const draw of draws) thirds[Number(draw / 2n ** 61n)] += 1;
  // A remainder of 64 bits would give the first two thirds 3/8 each instead of 1/3: 375 more at this size.
  for (const third of thirds) assert.ok(Math.abs(third - 1000) < 150, `${thirds}`);
});
