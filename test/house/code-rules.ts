/** The rules of the house about what stands in a file: purity, names, exports, length, the doorplate. */
import { heart, doorplates } from "./rooms.ts";
import { isTest, roomOf } from "./import-rules.ts";
import type { Rule } from "./import-rules.ts";
import { walk } from "./source-file.ts";
import type { SourceFile, SyntaxNode } from "./source-file.ts";

const pureRooms: readonly string[] = ["define", "errors", ...heart, "flow"];

/** Globals through which a clock, chance, the network, the environment or a timer gets in. */
const impureGlobals = new Set([
  "process",
  "fetch",
  "performance",
  "console",
  "globalThis",
  "crypto",
  "Temporal",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "WebSocket",
  "Worker",
]);

const ownSource = ({ path }: SourceFile): boolean => path.startsWith("src/") && !isTest(path);

/** Whether an identifier is only the name of a property: `a.process`, `{ process: 1 }`. */
function isPropertyName(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || parent["computed"] === true) return false;
  if (parent["property"] === node || parent["right"] === node)
    return /^(Member|TSQualified)/.test(parent.type);
  return parent["key"] === node;
}

/** What makes this node depend on more than its arguments; undefined where nothing does. */
function impurity(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  const callee = node["callee"] as (SyntaxNode & { name?: string }) | undefined;
  const isDate = callee?.type === "Identifier" && callee.name === "Date";
  if (node.type === "NewExpression" && isDate && (node["arguments"] as unknown[]).length === 0)
    return "new Date()";
  if (node.type === "CallExpression" && isDate) return "Date()";
  if (node.type === "MemberExpression") {
    const member = `${(node["object"] as { name?: string }).name}.${(node["property"] as { name?: string }).name}`;
    if (["Date.now", "Math.random", "import.meta"].includes(member)) return member;
  }
  if (node.type === "MetaProperty") return "import.meta";
  const name = node["name"] as string;
  return node.type === "Identifier" && impureGlobals.has(name) && !isPropertyName(node, parent)
    ? name
    : undefined;
}

function nodeImport(file: SourceFile): string[] {
  return file.imports
    .filter(
      ({ target, names }) =>
        target.startsWith("node:") &&
        !(target === "node:crypto" && names.every((name) => name === "createHash" || name === "hash")),
    )
    .map(
      ({ line, specifier }) =>
        `${file.path}:${line} imports "${specifier}": the heart may take hashes from node:crypto, nothing else of Node`,
    );
}

/** Words that name no thing. */
const emptyWords = [
  "util",
  "utils",
  "common",
  "helper",
  "helpers",
  "core",
  "lib",
  "misc",
  "types",
  "shared",
  "stuff",
  "index",
];
const entryPoints = ["src/index.ts", "src/testing/index.ts"];

/** Declarations of a file with their names, at any depth. */
function* declarations(file: SourceFile): Generator<{ name: string; line: number }> {
  for (const { node } of walk(file.program)) {
    const id = node["id"] as { name?: string } | null | undefined;
    const declares =
      /^(ClassDeclaration|FunctionDeclaration|TSInterfaceDeclaration|TSTypeAliasDeclaration|VariableDeclarator)$/;
    if (declares.test(node.type) && id?.name !== undefined)
      yield { name: id.name, line: file.lineAt(node.start) };
  }
}

/** Lines of each function that are neither blank, nor comment, nor inside a function of its own. */
function* functions(file: SourceFile): Generator<{ line: number; length: number }> {
  const bare = file.text.split("\n").map((line) => !/^\s*(\/\/|\/?\*|$)/.test(line));
  const spans = [...walk(file.program)]
    .filter(({ node }) => /Function(Declaration|Expression)$/.test(node.type))
    .map(({ node }) => ({ first: file.lineAt(node.start), last: file.lineAt(node.end) }));
  for (const { first, last } of spans) {
    const inner = spans.filter((span) => span.first > first && span.last < last);
    let length = 0;
    for (let line = first; line <= last; line++) {
      if (bare[line - 1] && !inner.some((span) => line > span.first && line < span.last)) length++;
    }
    yield { line: first, length };
  }
}

/** Files of ours that are programs or programs' parts: not definition files of projects, not tests. */
const isProgram = ({ path }: SourceFile): boolean => /^(src|scripts|bench)\//.test(path);

export const codeRules = {
  pureImports: {
    rule: "the heart reads no file, network or environment: of Node it imports hashes only",
    breaches: (files) =>
      files.filter((file) => ownSource(file) && pureRooms.includes(roomOf(file.path)!)).flatMap(nodeImport),
  },
  pureGlobals: {
    rule: "the heart knows no clock, chance, timer or process: times and ids are arguments",
    breaches: (files) =>
      files
        .filter((file) => ownSource(file) && pureRooms.includes(roomOf(file.path)!))
        .flatMap((file) =>
          [...walk(file.program)].flatMap(({ node, parent }) => {
            const cause = impurity(node, parent);
            return cause === undefined
              ? []
              : [`${file.path}:${file.lineAt(node.start)} uses ${cause}: take it as an argument`];
          }),
        ),
  },
  emptyNames: {
    rule: "a file or folder is named after a thing, never utils, common, helpers, core, lib, misc, types",
    breaches: (files) =>
      files
        .filter(({ path }) => /^(src|console|scripts|test|bench)\//.test(path) && !entryPoints.includes(path))
        .flatMap(({ path }) =>
          path
            .split("/")
            .filter((part) => emptyWords.includes(part.replace(/\..*$/, "")))
            .map((part) => `${path}: "${part}" names no thing`),
        ),
  },
  kebabCase: {
    rule: "files and folders are written in kebab-case",
    breaches: (files) =>
      files
        .filter(({ path }) => /^(src|scripts|test|bench)\//.test(path))
        .filter(
          ({ path }) =>
            !path
              .split("/")
              .every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config|\.d)?(\.m?tsx?)?$/.test(part)),
        )
        .map(({ path }) => `${path} is not kebab-case`),
  },
  declaredNames: {
    rule: "nothing is called a Manager or a Base, and no interface starts with I",
    breaches: (files) =>
      files
        .filter(isProgram)
        .flatMap((file) =>
          [...declarations(file)]
            .filter(({ name }) => /Manager$|^Base[A-Z]|[a-z]Base$|^I[A-Z][a-z]/.test(name))
            .map(({ name, line }) => `${file.path}:${line} declares ${name}`),
        ),
  },
  defaultExports: {
    rule: "no default exports: a name is the same everywhere",
    breaches: (files) =>
      files
        .filter(isProgram)
        .flatMap((file) =>
          [...walk(file.program)]
            .filter(({ node }) => node.type === "ExportDefaultDeclaration")
            .map(({ node }) => `${file.path}:${file.lineAt(node.start)} has a default export`),
        ),
  },
  barrels: {
    rule: "no file re-exports others, but the entry points src/index.ts and src/testing/index.ts",
    breaches: (files) =>
      files
        .filter((file) => isProgram(file) && !entryPoints.includes(file.path))
        .flatMap((file) =>
          [...walk(file.program)]
            .filter(({ node }) => /^Export(Named|All)Declaration$/.test(node.type) && Boolean(node["source"]))
            .map(
              ({ node }) => `${file.path}:${file.lineAt(node.start)} re-exports: import it where it is made`,
            ),
        ),
  },
  fileLength: {
    rule: "no file is longer than 500 lines",
    breaches: (files) =>
      files
        .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
        .filter(({ lines }) => lines > 500)
        .map(({ path, lines }) => `${path} has ${lines} lines: find the two things in it`),
  },
  functionLength: {
    rule: "no function has more than 60 lines of its own",
    breaches: (files) =>
      files
        .filter((file) => isProgram(file) && !isTest(file.path))
        .flatMap((file) =>
          [...functions(file)]
            .filter(({ length }) => length > 60)
            .map(({ line, length }) => `${file.path}:${line} has a function of ${length} lines`),
        ),
  },
  doorplates: {
    rule: "each room says what it is for: its first file opens with a paragraph",
    breaches: (files) => {
      const byPath = new Map(files.map((file) => [file.path, file]));
      const rooms = new Set(
        files
          .filter((file) => ownSource(file) && file.path.split("/").length > 2)
          .map(({ path }) => path.split("/")[1]!),
      );
      return [...rooms].flatMap((room) => {
        const plate = doorplates[room];
        if (plate === undefined)
          return [`src/${room} has no doorplate: name its first file in test/house/rooms.ts`];
        const comment = /^\/\*\*([\s\S]*?)\*\//.exec(byPath.get(plate)?.text ?? "")?.[1] ?? "";
        const words = comment.split(/[\s*]+/).filter(Boolean).length;
        return words >= 20
          ? []
          : [`${plate} should open with a paragraph: what src/${room} is for, what it must never do`];
      });
    },
  },
} satisfies Record<string, Rule>;
