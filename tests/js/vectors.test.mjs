/** Archives that belenios-tool made, in the optional folder SHARED (default ../shared beside the project). */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { CheckFailed, Unsupported } from "../../app/assets/booth/errors.js";
import { verifyArchive } from "../../app/assets/booth/verify.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = join(process.env.SHARED ?? join(root, "..", "shared"), "vectors", "belenios");
const skip = existsSync(folder) ? false : "no vectors: set SHARED to the folder that holds vectors/belenios";
const OUT_OF_SCOPE = /threshold|shuffled|lists|majority|stv/;

test("archives made by belenios-tool", { skip }, async (t) => {
  for (const name of readdirSync(folder)) {
    const expected = JSON.parse(readFileSync(join(folder, name, "expected.json"), "utf8"));
    const bytes = new Uint8Array(readFileSync(join(folder, name, expected.file)));
    await t.test(name, () => {
      if (OUT_OF_SCOPE.test(name)) return assert.throws(() => verifyArchive(bytes), Unsupported);
      const report = verifyArchive(bytes);
      assert.deepEqual(report.result, expected.result);
      assert.equal(report.election.group.name, expected.group);
      assert.equal(report.ballotCount, expected.ballot_events);
      assert.equal(report.countedCount, expected.num_tallied);
      const altered = Uint8Array.from(bytes);
      altered[Math.floor(bytes.length / 2)] ^= 1;
      assert.throws(() => verifyArchive(altered), CheckFailed);
    });
  }
});
