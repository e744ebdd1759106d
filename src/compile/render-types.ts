import type { DatasetId, GraphColumn } from "../graph/graph.ts";
import { columnTypeOf, propertyName } from "./value-type.ts";

/** What is known of a dataset's rows. Every node of a graph is one. */
export interface DatasetShape {
  readonly id: DatasetId;
  readonly description?: string;
  /** Undefined where the definition has mistakes: its rows may then be anything. */
  readonly columns?: readonly GraphColumn[];
}

const head = `/**
 * The rows of every dataset of this project, as TypeScript sees them. Written by Sluice from the definitions
 * (check, plan and run keep it up to date): do not edit it.
 */
/* eslint-disable */

/** Rows by the name of their dataset. Applications import this: \`type Comment = Datasets["community.comments"]\`. */
export interface Datasets {
`;

const foot = `}

declare global {
  interface SluiceDatasets extends Datasets {}
}
`;

/** The text of the project's generated types. The same datasets make the same text, whatever their order. */
export function renderTypes(shapes: readonly DatasetShape[]): string {
  const sorted = shapes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return head + sorted.map(renderShape).join("") + foot;
}

function renderShape({ id, description, columns }: DatasetShape): string {
  const name = `${comment(description, "  ")}  ${JSON.stringify(id)}: {\n`;
  // Its mistakes are told by the check; the code that reads it shall not seem wrong as well.
  if (columns === undefined) return `${name}    [column: string]: any;\n  };\n`;
  const lines = columns.map(
    (column) =>
      `${comment(column.declared?.description, "    ")}    ${propertyName(column.name)}: ${columnTypeOf(column)};\n`,
  );
  return `${name}${lines.join("")}  };\n`;
}

/** A description on one line, which nothing in it can end. */
function comment(text: string | undefined, indent: string): string {
  if (text === undefined) return "";
  return `${indent}/** ${text
    .trim()
    .replaceAll(/\s+/g, " ")
    .replaceAll("*/", String.raw`*\/`)} */\n`;
}
