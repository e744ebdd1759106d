import { explainContract, isRefusal } from "./judge-contract.ts";
import type { BrokenReader, Change, KeptAs, PartsForecast, Reason, Stage } from "./plan.ts";

const listed = 4;

/** Some of many names: `a, b, c and 12 more`. */
export function someOf(list: readonly string[], most = listed): string {
  if (list.length <= most) return list.join(", ");
  return `${list.slice(0, most - 1).join(", ")} and ${list.length - most + 1} more`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function explainFiles(reason: Extract<Reason, { because: "files" }>): string {
  const parts = [
    { count: reason.added, word: "new" },
    { count: reason.changed, word: "changed" },
    { count: reason.removed, word: "removed" },
  ].filter(({ count }) => count > 0);
  return parts
    .map(({ count, word }, index) =>
      index === 0 ? `${count} ${word} file${count === 1 ? "" : "s"}` : `${count} ${word}`,
    )
    .join(", ");
}

/** Why a dataset is touched, in words: `3 new files, 1 changed`, `input raw.slack moves on`. */
export function explainReason(reason: Reason): string {
  switch (reason.because) {
    case "new":
      return "new";
    case "definition":
      return "definition changed";
    case "files":
      return explainFiles(reason);
    case "generator":
      return "asks for what is new";
    case "promoted":
      return `moves on to what ${reason.from} has read`;
    case "inputs":
      if (reason.inputs.length === 0) return "inputs move on";
      return reason.inputs.length === 1
        ? `input ${reason.inputs[0]} moves on`
        : `inputs ${someOf(reason.inputs)} move on`;
    case "unread":
      return `reads nothing of what changes in ${someOf(reason.inputs)}`;
    case "checks":
      return "checks changed";
    case "references":
      return `its checks refer to ${someOf(reason.datasets)}`;
    case "clock":
      return "depends on the time of the run";
    case "renamed":
      return `renamed from ${reason.from}; its history goes on`;
    case "removed":
      return "no longer in the project";
  }
}

/** The same for a stage, with what it finds there already and how grave a change is. */
export function explainStage(stage: Stage): string {
  const parts = [explainReason(stage.reason)];
  if (stage.change) parts[0] += `, ${stage.change.severity}`;
  if (stage.kind === "build" && stage.materialized === "view") parts.push("a view");
  if (stage.renamedFrom !== undefined && stage.reason.because !== "renamed")
    parts.push(`renamed from ${stage.renamedFrom}`);
  if (stage.kind === "reuse" && stage.reason.because !== "renamed") {
    const { promotedFrom, environments = promotedFrom === undefined ? [] : [promotedFrom] } = stage;
    if (stage.reason.because !== "promoted")
      parts.push(
        environments.length === 0
          ? "an equal version was built before"
          : `as it is in ${someOf(environments)}`,
      );
  }
  const isNew = stage.reason.because === "new";
  if (stage.kind === "build" && stage.parts && !(isNew && stage.parts.build === undefined))
    parts.push(explainParts(stage.parts));
  return parts.join("; ");
}

/** How much of a model that is built in parts is built: `1 of 365 days, 2026-03-02`. */
function explainParts({ unit, build, of, exact, first, last, after = [] }: PartsForecast): string {
  const units = `${unit}s`;
  if (build === undefined || of === undefined)
    return after.length === 0
      ? `only ${units} that changed`
      : `only ${units} with new rows, known once ${someOf(after)} ${after.length === 1 ? "is" : "are"} there`;
  const amount = build === of ? `all ${counted(of, unit)}` : `${build} of ${counted(of, unit)}`;
  const range =
    first === undefined || last === undefined ? "" : `, ${first === last ? first : `${first} to ${last}`}`;
  return `${exact ? "" : build === of ? "about " : "at most "}${amount}${range}`;
}

const keptWords: Readonly<Record<KeptAs, string>> = {
  full: "built as a whole",
  view: "a view",
  append: "appended to",
  interval: "built by intervals",
  upsert: "kept by key",
};

/** What a change does to columns and rows, each in words: `removes body`, `retypes score from BIGINT to DOUBLE`. */
export function explainColumns({ columns, kept, contract = [] }: Change): string[] {
  const { added, removed, retyped, redefined, rows } = columns;
  return [
    ...(kept === undefined ? [] : [`is ${keptWords[kept.to]}, and no longer ${keptWords[kept.from]}`]),
    ...(removed.length === 0 ? [] : [`removes ${someOf(removed)}`]),
    ...retyped.map(({ column, from, to }) => {
      const isRefused = contract.some(
        (one) => one.what === "retyped" && one.column === column && isRefusal(one.breaks),
      );
      return `retypes ${column} from ${from} to ${to}${isRefused ? ", refuses records that were accepted" : ""}`;
    }),
    ...(added.length === 0 ? [] : [`adds ${someOf(added)}`]),
    ...(redefined.length === 0 ? [] : [`makes ${someOf(redefined)} in another way`]),
    // What came, went or has another type is said already.
    ...contract.filter(({ what }) => what !== "removed" && what !== "retyped").map(explainContract),
    ...(rows ? ["may change which rows there are, and so every column"] : []),
  ];
}

/** Who loses a column: `body is read by staging.slack and consumer weekly-digest`. */
export function explainBroken({ column, models, consumers }: BrokenReader): string {
  const readers = [...models, ...consumers.map((name) => `consumer ${name}`)];
  return `${column} was read by ${someOf(readers)}`;
}

/** Whom a change reaches; empty where it reaches nobody. */
export function explainReach({ reach }: Change): string {
  if (reach.models.length === 0) return "";
  const columns = reach.columns.length === 0 ? "" : `${counted(reach.columns.length, "column")} of `;
  return `reaches ${columns}${someOf(reach.models)}${reach.proven ? "" : ", as far as can be told"}`;
}
