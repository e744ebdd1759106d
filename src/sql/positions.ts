const encoder = new TextEncoder();

/** From the engine's byte offsets into a query to offsets in characters (UTF-16 units, as strings count). */
export class Positions {
  readonly #sql: string;
  #characters: Uint32Array | "the same" | undefined;

  constructor(sql: string) {
    this.#sql = sql;
  }

  /** Undefined for what is not an offset into the query, such as the engine's "unknown". */
  at(bytes: unknown): number | undefined {
    const offset = typeof bytes === "string" ? Number(bytes) : bytes;
    if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) return undefined;
    this.#characters ??= characterOffsets(this.#sql);
    if (this.#characters === "the same") return offset > this.#sql.length ? undefined : offset;
    return offset >= this.#characters.length ? undefined : this.#characters[offset];
  }
}

function characterOffsets(sql: string): Uint32Array | "the same" {
  const bytes = encoder.encode(sql);
  if (bytes.length === sql.length) return "the same";
  const offsets = new Uint32Array(bytes.length + 1);
  let character = -1;
  for (const [index, byte] of bytes.entries()) {
    // Continuation bytes belong to the character before them; four bytes are two units.
    if ((byte & 0xc0) !== 0x80) character += 1;
    offsets[index] = character;
    if (byte >= 0xf0) character += 1;
  }
  offsets[bytes.length] = sql.length;
  return offsets;
}
