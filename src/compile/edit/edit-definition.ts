import type { DefinitionFile } from "../definitions.ts";
import type { Addition } from "./addition.ts";
import { checkAsYaml, editHeader, ruleAsYaml } from "./edit-header.ts";
import { checkAsCode, editModule, ruleAsCode } from "./edit-module.ts";

/** A definition with additions. */
export interface EditedDefinition {
  readonly text: string;
  /** Those for which there was no place: settings that are not written out where they are used. */
  readonly left: readonly Addition[];
}

/** The text of a definition with additions. */
export function editDefinition(
  file: Pick<DefinitionFile, "kind" | "path" | "text">,
  additions: readonly Addition[],
): EditedDefinition {
  let text = file.text;
  const left: Addition[] = [];
  for (const addition of additions) {
    const edited = file.kind === "sql" ? editHeader(file.path, text, addition) : editModule(text, addition);
    if (edited === undefined) left.push(addition);
    else text = edited;
  }
  return { text, left };
}

/** An addition as it is written, for who writes it by hand. */
export function writtenOut(kind: DefinitionFile["kind"], addition: Addition): string {
  if ("check" in addition)
    return kind === "sql" ? `- ${checkAsYaml(addition.check)}` : checkAsCode(addition.check);
  return kind === "sql" ? ruleAsYaml(addition) : `${addition.column}: …${ruleAsCode(addition.rule)}`;
}
