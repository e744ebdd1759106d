import { dirname, join, normalize } from "node:path/posix";
import { parseSync } from "rolldown/utils";

/** One way in which a file names another module: an import, a re-export, `import()` or `import("…").Type`. */
export interface Import {
  readonly specifier: string;
  /** The path in the repository for files of ours, the package for libraries, `node:…` for Node's own. */
  readonly target: string;
  /** Gone at run time. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  /** Names taken; `*` for all, empty for effects only. */
  readonly names: readonly string[];
  readonly line: number;
}

/** A node of the syntax tree (ESTree with TypeScript). */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

/** A TypeScript file of the repository, read and parsed. */
export interface SourceFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly program: SyntaxNode;
  /** The line, from 1, of an offset. */
  readonly lineAt: (offset: number) => number;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";

/** Every node below `node`, itself first, each with its parent. */
export function* walk(
  node: SyntaxNode,
  parent?: SyntaxNode,
): Generator<{ node: SyntaxNode; parent?: SyntaxNode }> {
  yield parent === undefined ? { node } : { node, parent };
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child, node);
  }
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith(".")) return normalize(join(dirname(path), specifier));
  if (specifier === "sluice") return "src/index.ts";
  if (specifier === "sluice/testing") return "src/testing/index.ts";
  if (specifier.startsWith("node:")) return specifier;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

const nameOf = (node: unknown): string => {
  const { name, value } = node as { name?: string; value?: string };
  return name ?? value ?? "*";
};

/** The names that an import or re-export takes from its module. */
function namesOf({ type, specifiers }: SyntaxNode): string[] {
  if (type === "ExportAllDeclaration" || type === "ImportExpression" || type === "TSImportType") return ["*"];
  return (specifiers as SyntaxNode[]).map((specifier) => {
    if (specifier.type === "ImportDefaultSpecifier") return "default";
    return nameOf(specifier["imported"] ?? specifier["local"]);
  });
}

const importing = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);

/** Parse one file. Errors: text that is not TypeScript. */
export function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`"${path}" cannot be parsed: ${errors[0]?.message}`);
  const root = program as unknown as SyntaxNode;
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const imports: Import[] = [];
  for (const { node } of walk(root)) {
    const from = node["source"];
    if (!importing.has(node.type) || !isNode(from)) continue;
    const specifier = typeof from["value"] === "string" ? from["value"] : "(computed)";
    imports.push({
      specifier,
      target: targetOf(path, specifier),
      typeOnly:
        node.type === "TSImportType" || node["importKind"] === "type" || node["exportKind"] === "type",
      dynamic: node.type === "ImportExpression",
      names: namesOf(node),
      line: lineAt(node.start),
    });
  }
  return { path, text, imports, program: root, lineAt };
}
