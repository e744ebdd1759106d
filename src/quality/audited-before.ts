import type { Asked } from "./ask.ts";
import { isShare, toleranceOf } from "./tolerance.ts";
import type { CheckAnswer } from "./questions.ts";
import type { Verdict } from "./verdict.ts";

/** A condition with a query in it does not hang on its row alone. */
const looksElsewhere = /\b(?:select|from)\b/i;

/** What an audit of some rows tells of every later one that has those rows among others. */
export interface AuditedBefore {
  /** Questions that none of the rows offend. */
  readonly clean: readonly string[];
  /** By question: how many of the rows offend, with some of them. What other rows add is added. */
  readonly counted: Readonly<Record<string, Counted>>;
}

export type Counted = Pick<CheckAnswer, "value" | "sample">;

/**
 * The questions that need not be asked again of rows that were audited before: those that judge rows one by one, and
 * uniqueness where nothing offended it. What else a check may ask, a part may answer in another way than the whole: a
 * median, or how many values there are, cannot be put together of parts.
 */
export function auditedBefore(asked: readonly Asked[], before: Verdict): AuditedBefore {
  const names = asked.map(({ check }) => check.name);
  const results = new Map(before.results.map((result) => [result.name, result]));
  const clean: string[] = [];
  const counted: Record<string, Counted> = {};
  for (const { check, question } of asked) {
    const result = results.get(check.name);
    const isOnly = names.indexOf(check.name) === names.lastIndexOf(check.name);
    if (!isOnly || result === undefined || !canBeAdded({ check, question })) continue;
    const { passed, value, sample } = result;
    if (passed && value === 0) clean.push(question.id);
    else if (value > 0 && question.ask === "aggregate") counted[question.id] = { value, sample };
  }
  return { clean, counted };
}

function canBeAdded({ check, question }: Asked): boolean {
  const judgesRows =
    question.ask === "duplicates" || (question.ask === "aggregate" && question.sample !== undefined);
  const condition = question.ask === "aggregate" ? question.sample : question.where;
  return (
    judgesRows &&
    !looksElsewhere.test(condition ?? "") &&
    // A share is one of all rows that are judged: with a condition nobody has kept how many those were.
    (!isShare(toleranceOf(check)) || (question.ask === "aggregate" && question.where === undefined))
  );
}
