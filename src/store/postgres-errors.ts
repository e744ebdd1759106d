import { SluiceError } from "../errors.ts";
import { wayOutOfDamage } from "./documents.ts";
import type { PostgresPlace } from "./postgres-place.ts";

const lostSockets = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Classes and codes of PostgreSQL for a server that goes away, is not there yet, or has no connection left. */
const lostStates = /^(?:08...|57P0[1235]|53300)$/;

/** Serialization failure, deadlock, and a unique value that somebody else was faster to write. */
const outrunStates = /^(?:40001|40P01|23505)$/;

/** Whether the connection broke, or could not be made for now. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return lostSockets.has(code) || lostStates.test(code);
  return (
    error instanceof Error &&
    /^(?:Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error)/i.test(
      error.message,
    )
  );
}

/** Whether the same action may go well in a moment. */
export const isPassing = (error: unknown): boolean => isLost(error) || outrunStates.test(codeOf(error) ?? "");

/** The error in words where it is the world's doing; otherwise as it is. */
export function explainPostgres(error: unknown, { shown }: PostgresPlace): unknown {
  if (error instanceof SluiceError) return error;
  const code = codeOf(error) ?? "";
  const state = `the state "${shown}"`;
  if (isLost(error) || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new SluiceError("state-unreachable", `${state} cannot be reached: ${messageOf(error)}`, {
      hint: "see whether the server runs and the address in sluice.config.ts is right, and run again: what is finished is not built twice",
      cause: error,
    });
  }
  if (code.startsWith("28")) {
    return new SluiceError("state-unreachable", `${state} lets nobody in: ${messageOf(error)}`, {
      hint: "give user and password in the address, or the password in PGPASSWORD or ~/.pgpass",
      cause: error,
    });
  }
  if (code === "3D000") {
    return new SluiceError("state-unreachable", `${state} is not there: ${messageOf(error)}`, {
      hint: "create the database first, such as with createdb",
      cause: error,
    });
  }
  if (code === "42501") {
    return new SluiceError("state-unreachable", `${state} may not be written: ${messageOf(error)}`, {
      hint: "grant this user CREATE on the database, or name a schema of his own with ?schema=",
      cause: error,
    });
  }
  if (code === "25006") {
    return new SluiceError("disk-read-only", `${state} takes no writes: ${messageOf(error)}`, {
      hint: "use the address of the primary server",
      cause: error,
    });
  }
  if (code === "53100") {
    return new SluiceError("disk-full", `the disk of ${state} is full; nothing of this was recorded`, {
      hint: "free some space and run again: what is finished is not built twice",
      cause: error,
    });
  }
  if (code === "55P03" || code === "25P03") {
    return new SluiceError("environment-busy", `${state} is held by another process: ${messageOf(error)}`, {
      hint: "run again when it has finished",
      cause: error,
    });
  }
  if (code === "42P01" || code === "42703") {
    return new SluiceError("state-damaged", `${state} is not whole: ${messageOf(error)}`, {
      hint: wayOutOfDamage,
      cause: error,
    });
  }
  return error;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Several addresses of one host were tried.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
