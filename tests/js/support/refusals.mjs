import assert from "node:assert/strict";
import { CheckFailed } from "../../../app/assets/booth/errors.js";

/** Assert that `act` is refused with this code. */
export function refuses(act, code, message) {
  assert.throws(
    act,
    (error) => {
      assert.ok(error instanceof CheckFailed, `${message ?? code}: ${error.stack}`);
      assert.equal(error.code, code, message);
      return true;
    },
    message,
  );
}

/** The same for a promise. */
export async function refusesAsync(act, code) {
  await assert.rejects(act, (error) => error instanceof CheckFailed && error.code === code);
}
