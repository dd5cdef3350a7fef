import assert from "node:assert/strict";
import { test } from "node:test";
import { deriveCredential, normaliseCredential } from "../../app/assets/booth/credentials.js";
import { groupByName } from "../../app/assets/booth/groups.js";
import { refuses } from "./support/refusals.mjs";

test("a credential gives the public key that belenios-tool 3.3.0 lists for it", () => {
  const election = { uuid: "QaBcDeFgHjKLmn", group: groupByName("Ed25519") };
  const { publicCredential } = deriveCredential(election, "KMbud-iW9FyX-fca54-Chmk9X");
  assert.equal(publicCredential, "fa55673600685a88aaa35a0ddb966eee9c144349bf8eac979b788cabae5edec9");
});

test("what people paste becomes the one form", () => {
  const expected = "KMbud-iW9FyX-fca54-Chmk9X";
  for (const typed of [
    expected,
    ` ${expected}\n`,
    "KMbudiW9FyXfca54Chmk9X",
    "KMbud iW9FyX fca54 Chmk9X",
    "KMbud\u2013iW9FyX\u2014fca54\u2011Chmk9X",
    "KMbud\u00a0-\u00a0iW9FyX -\tfca54--Chmk9X",
    "\u200bKMbud\u2010iW9FyX\u2212fca54\uff0dChmk9X\ufeff",
    "ＫＭｂｕｄ-iW9FyX-fca54-Chmk9X",
  ]) {
    assert.equal(normaliseCredential(typed), expected);
  }
});

test("what cannot be a credential is refused before anything is derived", () => {
  refuses(() => normaliseCredential(""), "credential-length");
  refuses(() => normaliseCredential("KMbud-iW9FyX-fca54-Chmk9"), "credential-length");
  refuses(() => normaliseCredential("KMbud-iW9FyX-fca54-Chmk9XX"), "credential-length");
  for (const wrong of ["0", "O", "I", "l", "_", "한"]) {
    refuses(() => normaliseCredential(`KMbud-iW9FyX-fca54-Chmk9${wrong}`), "credential-characters");
  }
});

test("case matters: another case is another credential", () => {
  assert.notEqual(normaliseCredential("a".repeat(22)), normaliseCredential("A".repeat(22)));
});
