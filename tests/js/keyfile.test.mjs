import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../../app/assets/booth/encoding.js";
import { groupByName } from "../../app/assets/booth/groups.js";
import { keyFileName } from "../../app/assets/booth/key_file_name.js";
import { openKeyFile, sealKeyFile } from "../../app/assets/booth/keyfile.js";
import { generateTrusteeKey, verifyTrusteeKey } from "../../app/assets/booth/trustee.js";
import { GROUPS } from "./support/elections.mjs";
import { refuses, refusesAsync } from "./support/refusals.mjs";

const QUICK = 10; // scrypt's work factor in tests
const PASSPHRASE = "네 낱말 correct horse";

function keyFileFor(group) {
  const { privateKey, document } = generateTrusteeKey(group);
  return {
    version: 1,
    election_uuid: "QaBcDeFgHjKLmn",
    trustee_number: 2,
    group,
    public_key: document.public_key,
    private_key: privateKey,
    tally_hash: null,
  };
}

for (const groupName of GROUPS) {
  test(`${groupName}: a trustee's proof of possession verifies, and only for its key and group`, () => {
    const group = groupByName(groupName);
    const { document } = generateTrusteeKey(groupName);
    assert.equal(verifyTrusteeKey(group, document).text, document.public_key);
    const other = generateTrusteeKey(groupName).document;
    refuses(() => verifyTrusteeKey(group, { ...document, public_key: other.public_key }), "bad-proof-of-possession");
    const identity = group.serialise(group.identity);
    refuses(() => verifyTrusteeKey(group, { ...document, public_key: identity }), "identity-element");
  });

  test(`${groupName}: a key file is read back from its bytes and from its printed text`, async () => {
    const keyFile = keyFileFor(groupName);
    const { file, armored } = await sealKeyFile(keyFile, PASSPHRASE, QUICK);
    assert.deepEqual(await openKeyFile(file, PASSPHRASE), keyFile);
    const typed = encodeUtf8(`\r\n${armored.replace(/\n/g, "\r\n")}`);
    assert.deepEqual(await openKeyFile(typed, PASSPHRASE), keyFile);
    assert.ok(!armored.includes(keyFile.private_key));
    await refusesAsync(openKeyFile(file, "another"), "wrong-passphrase");
  });
}

test("what is not a whole key file is refused", async () => {
  const keyFile = keyFileFor("Ed25519");
  await refusesAsync(openKeyFile(encodeUtf8("{}"), PASSPHRASE), "not-a-key-file");
  await refusesAsync(openKeyFile(new Uint8Array(), PASSPHRASE), "not-a-key-file");
  for (const change of [{ private_key: "5" }, { version: 2 }, { tally_hash: "AB" }, { group: "Own" }]) {
    const { file } = await sealKeyFile({ ...keyFile, ...change }, PASSPHRASE, QUICK);
    await refusesAsync(openKeyFile(file, PASSPHRASE), "malformed-key-file");
  }
  assert.equal(keyFileName("QaBcDeFgHjKLmn", 2), "trustee-QaBcDeFgHjKLmn-2.age");
});
