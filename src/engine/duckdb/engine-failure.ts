import { SluiceError } from "../../errors.ts";

/** What the engine says about a statement that failed, from the JSON that `errors_as_json` makes it say. */
export interface EngineFailure {
  /** Such as `Binder`, `Conversion`, `IO`, `Invalid Input`, `Out of Memory`, `INTERRUPT`. */
  readonly kind: string;
  readonly message: string;
  readonly errno?: number;
}

/** Read an error raised by the engine. Undefined for what did not come from the engine: a bug, or an answer already in words. */
export function engineFailure(error: unknown): EngineFailure | undefined {
  if (!(error instanceof Error) || error instanceof SluiceError) return undefined;
  const start = error.message.indexOf("{");
  if (start >= 0) {
    try {
      const said = JSON.parse(error.message.slice(start)) as Readonly<Record<string, unknown>>;
      const kind = said["exception_type"];
      const errno = said["errno"];
      if (typeof kind === "string") {
        return {
          kind,
          message: String(said["exception_message"]),
          ...(errno === undefined ? {} : { errno: Number(errno) }),
        };
      }
    } catch {
      // Errors raised outside a statement are plain text, below.
    }
  }
  const plain = /^(?<kind>[A-Z][A-Za-z ]*?) Error: (?<message>[^]*)$/.exec(error.message)?.groups;
  return plain && { kind: plain["kind"] ?? "", message: plain["message"] ?? "" };
}

/**
 * What failed because of the machine rather than of the statement: no space, no memory, interrupted.
 * Undefined for everything else.
 */
export function machineFailure(
  failure: EngineFailure,
  doing: string,
  cause: unknown,
): SluiceError | undefined {
  const fail = (
    code: "disk-full" | "disk-read-only" | "build-failed" | "interrupted",
    why: string,
    hint: string,
  ) => new SluiceError(code, `${doing} failed: ${why}`, { hint, cause });
  if (failure.errno === EFBIG) {
    return fail(
      "disk-full",
      "the disk, or a limit of this process, takes no file as large as that",
      "raise the limit and run again; nothing was published",
    );
  }
  if (failure.errno === ENOSPC || /no space left on device|max_temp_directory_size/i.test(failure.message)) {
    return fail(
      "disk-full",
      "there is no space left on the disk",
      "free some space and run again; nothing was published",
    );
  }
  if (failure.errno === EROFS) {
    return fail("disk-read-only", "the disk can only be read", "make the storage directory writable");
  }
  if (failure.kind === "Out of Memory") {
    return fail(
      "build-failed",
      `the engine needs more memory than it has (${firstLine(failure.message)})`,
      'give it more with engine: { memory: "8GB" } in sluice.config.ts, or let fewer workers share it with engine: { workers: 1 }',
    );
  }
  if (failure.kind === "INTERRUPT") return fail("interrupted", "it was stopped", "run it again");
  return undefined;
}

/** The same for what the file system says to this program rather than to the engine. */
export function fileSystemFailure(error: unknown, doing: string): SluiceError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  const errno = numbers[code ?? ""];
  return errno === undefined ? undefined : machineFailure({ kind: "IO", message, errno }, doing, error);
}

const EFBIG = 27;
const ENOSPC = 28;
const EROFS = 30;

const numbers: Readonly<Record<string, number>> = { EFBIG, ENOSPC, EDQUOT: ENOSPC, EROFS };

/** The engine's message without its advice about settings that people do not have here. */
export function plainWords(failure: EngineFailure): string {
  const depth = /^Max expression depth limit of (\d+)/.exec(failure.message)?.[1];
  if (depth !== undefined)
    return `queries are nested more than ${depth} levels deep, those of the views they read included`;
  if (isOwnMistake(failure)) {
    const first = /Original error: "([^]*)"$/.exec(failure.message)?.[1] ?? failure.message;
    return `the engine cannot carry it out, by a mistake of its own (${firstLine(first)}); the same in other words may go through`;
  }
  return (
    failure.message
      .split(/\n\s*\n|\n(?:LINE \d+:|Possible (?:fixes|solutions):)/)[0]
      ?.trim()
      .replace(/[.!]$/, "") ?? failure.message
  );
}

/** Whether the engine failed by a mistake of its own, or refuses all that is asked after one that it did not survive. */
export const isOwnMistake = ({ kind }: EngineFailure): boolean => kind === "INTERNAL" || kind === "FATAL";

/** An own mistake of the engine in words, where nobody has said yet what failed by it; every other error as it is. */
export function explainOwnMistake(error: unknown): unknown {
  const failure = engineFailure(error);
  if (failure === undefined || !isOwnMistake(failure)) return error;
  return new SluiceError("build-failed", `the work failed: ${plainWords(failure)}`, { cause: error });
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;

/** Run something on the engine; where it fails, say so with `words` unless the machine is to blame. */
export async function inWords<T>(
  doing: string,
  work: () => Promise<T>,
  words: (failure: EngineFailure, cause: unknown) => SluiceError,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = engineFailure(error);
    if (!failure) throw error;
    throw machineFailure(failure, doing, error) ?? words(failure, error);
  }
}
