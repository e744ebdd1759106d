import assert from "node:assert/strict";
import { SluiceError } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";

/** The SluiceError of that code which the action must raise. */
export async function refusal(code: ErrorCode, action: Promise<unknown>): Promise<SluiceError> {
  const error = await action.then(
    () => assert.fail(`"${code}" was expected, but it went well`),
    (raised: unknown) => raised,
  );
  assert.ok(error instanceof SluiceError, `"${code}" was expected, and not ${String(error)}`);
  assert.equal(error.code, code);
  assert.ok(error.hint, `"${code}" has no way out`);
  return error;
}
