import { target } from "../graph/references.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Dataset } from "./dataset.ts";
import type { DatasetNames } from "./dataset-names.ts";
import type { DatasetDraft } from "./draft.ts";
import { type Piece, textHash } from "./piece.ts";
import type { DatasetShape } from "./render-types.ts";

/** What the next compilation may believe of a dataset; undefined where it has to read it again. `rows`: see `Piece`. */
export function makePiece(dataset: Dataset, rows: string, names: DatasetNames<Dataset>): Piece | undefined {
  if (dataset.mistakes.diagnostics.length > 0) return undefined;
  if (dataset.piece !== undefined) return dataset.piece;
  const { sketch, node, viewOf } = dataset;
  if (dataset.shape === undefined || node === undefined || sketch === undefined) return undefined;
  const { inputs } = sketch;
  const others = mentionsOf(dataset.read()).filter((name) => !inputs.includes(name));
  return {
    ...sketch,
    ...(viewOf === undefined ? {} : { viewOf }),
    inputShapes: shapesOfInputs(inputs, names) ?? "",
    others,
    otherShapes: shapesOfOthers(others, names),
    shape: dataset.shape,
    rows,
    node,
  };
}

/** Changes with everything that the generated types tell of a dataset. */
export const rowsHash = (shape: DatasetShape): string => textHash(JSON.stringify(shape));

/** Datasets a definition names outside its query. */
function mentionsOf(draft: DatasetDraft): string[] {
  const aliases = draft.kind === "model" ? Object.values(draft.aliases) : [];
  const compared = draft.checks.flatMap(({ check }) =>
    "to" in check && check.to !== undefined ? [target(check).dataset] : [],
  );
  return [...new Set([...aliases, ...compared])];
}

/** What inputs look like; undefined when one of them has no columns. */
export function shapesOfInputs(ids: readonly DatasetId[], names: DatasetNames<Dataset>): string | undefined {
  let shapes = "";
  for (const id of ids) {
    const found = names.find(id);
    if (found === undefined || found === "unreadable" || found.shape === undefined) return undefined;
    shapes += found.shape;
  }
  return shapes;
}

/** What datasets look like that may be missing, unreadable or broken. */
export function shapesOfOthers(others: readonly string[], names: DatasetNames<Dataset>): string {
  return others
    .map((name) => {
      const found = names.find(name);
      if (found === undefined || found === "unreadable") return found ?? "missing";
      return found.shape ?? "broken";
    })
    .join(" ");
}
