import { type EngineFailure, engineFailure, machineFailure } from "./engine-failure.ts";

/** What the engine refused of a question. Errors: everything else; a full disk or too little memory is nobody's check failing. */
export function refusal(error: unknown): EngineFailure {
  const failure = engineFailure(error);
  const machine = failure && machineFailure(failure, "the audit", error);
  if (machine) throw machine;
  if (failure === undefined) throw error;
  return failure;
}
