import { createHash } from "node:crypto";

/** SHA-256, hex, of plain data. */
export const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex");
