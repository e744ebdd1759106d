import { SluiceError } from "../errors.ts";

/**
 * The segments of a key, or of an attempt. Keys come back from the state, which may be damaged or forged: none may lead
 * out of the storage's directory. Errors: `storage-damaged`.
 */
export function segmentsOf(key: string): readonly [string, ...string[]] {
  const [first, ...rest] = key.split("/");
  const sound = (segment: string | undefined): segment is string =>
    // A backslash separates directories on Windows, NUL ends a path in the system's eyes.
    segment !== undefined && segment !== "" && segment !== "." && segment !== ".." && !/[\\\0]/.test(segment);
  if (sound(first) && rest.every(sound)) return [first, ...rest];
  throw new SluiceError(
    "storage-damaged",
    `${JSON.stringify(key)} cannot be the key of a stored file: it may lead out of the storage`,
    {
      hint: "find out what wrote it; if the state was changed by hand, restore it from a backup",
    },
  );
}
