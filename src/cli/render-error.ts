import { type Diagnostic, type ErrorCode, SluiceError } from "../errors.ts";
import { printable, wrap } from "./display-text.ts";
import { counted } from "./quantity.ts";
import type { Style } from "./shell.ts";

/** What `--json` prints when a verb fails. */
export interface ErrorDocument {
  readonly error: {
    /** From the catalogue of errors; `bug` for a mistake of Sluice itself. */
    readonly code: ErrorCode | "bug";
    readonly message: string;
    readonly hint?: string;
    readonly details?: readonly string[];
    readonly diagnostics?: readonly Diagnostic[];
  };
}

/** How one diagnostic looks with the lines around it. */
export type RenderDiagnostic = (diagnostic: Diagnostic) => Promise<string>;

/** The diagnostics an error carries: those of a project that does not compile. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof SluiceError) || error.code !== "project-invalid" || !("diagnostics" in error))
    return [];
  return Array.isArray(error.diagnostics) ? (error.diagnostics as Diagnostic[]) : [];
}

/** An error as a document. */
export function errorDocument(error: unknown): ErrorDocument {
  if (!(error instanceof SluiceError)) {
    return { error: { code: "bug", message: messageOf(error), hint: reportHint } };
  }
  const { code, message, hint, details } = error;
  const diagnostics = diagnosticsOf(error);
  return {
    error: {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(details.length === 0 ? {} : { details }),
      ...(diagnostics.length === 0 ? {} : { diagnostics }),
    },
  };
}

const reportHint =
  "Report it to the maintainers, with the output of the same command under SLUICE_DEBUG=1 (it adds the stack).";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** How many problems there are: `2 errors and 1 warning`. */
export function problemCount(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  return [errors > 0 ? counted(errors, "error") : "", warnings > 0 ? counted(warnings, "warning") : ""]
    .filter((part) => part !== "")
    .join(" and ");
}

/** Diagnostics with their code frames, an empty line after each. */
export async function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  render: RenderDiagnostic,
  style: Style,
): Promise<string[]> {
  const lines: string[] = [];
  for (const diagnostic of diagnostics) {
    const paint = diagnostic.severity === "error" ? style.red : style.yellow;
    const text = await render(diagnostic);
    lines.push(text.replace(/^\w+(\[[\w-]+\])?/, paint), "");
  }
  return lines;
}

export interface ErrorView {
  readonly style: Style;
  readonly width: number;
  readonly render: RenderDiagnostic;
  /** Show the stack of bugs. */
  readonly debug: boolean;
}

/** An error as lines for a person: what happened, the details, the way out. Never a stack for what is no bug. */
export async function renderError(error: unknown, view: ErrorView): Promise<string[]> {
  const { style } = view;
  if (!(error instanceof SluiceError)) return renderBug(error, view);
  const hint = error.hint === undefined ? [] : labelled("hint: ", style.cyan, error.hint, view.width);
  const diagnostics = diagnosticsOf(error);
  if (diagnostics.length > 0) {
    const summary = `${problemCount(diagnostics)}`;
    return [...(await renderDiagnostics(diagnostics, view.render, style)), style.bold(summary), ...hint];
  }
  return [
    ...labelled("error: ", style.red, error.message, view.width),
    ...error.details.map((detail) => `  ${printable(detail)}`),
    ...hint,
  ];
}

function renderBug(error: unknown, { style, debug }: ErrorView): string[] {
  const stack = debug && error instanceof Error ? (error.stack ?? "").split("\n") : [];
  return [
    `${style.red("error: ")}${printable(messageOf(error))}`,
    "This is a bug in Sluice, not a mistake of yours. What was published before stays as it is.",
    `${style.cyan("hint: ")}${reportHint}`,
    ...stack,
  ];
}

/** A text behind a coloured label; each of its lines is wrapped to the terminal and none is obeyed by it. */
function labelled(label: string, paint: (text: string) => string, text: string, width: number): string[] {
  const lines = text.split("\n").flatMap((line) => wrap(printable(line), width - label.length));
  return lines.map((line, index) => (index === 0 ? paint(label) : " ".repeat(label.length)) + line);
}
