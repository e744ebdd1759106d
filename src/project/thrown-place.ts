import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { placeAt } from "../compile/place.ts";
import type { ThreadProblem, ThrownPlace } from "./thread-protocol.ts";

/** What a definition threw, as a problem with the place in the user's files that the stack tells. */
export function describeThrown(thrown: unknown, root: string, path: string): ThreadProblem {
  const error = thrown instanceof Error ? thrown : undefined;
  if (error === undefined)
    return { code: "file-load", message: `it throws ${printed(thrown)}`, thrown: { path } };
  const stack = error.stack ?? "";
  const place = syntaxPlace(stack, root) ??
    stackPlace(stack, root) ??
    secondDeclaration(error.message, root, path) ?? { path };
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ERR_MODULE_NOT_FOUND") return notFound(error, root, path);
  if (error instanceof SyntaxError) {
    return {
      code: "file-load",
      message: error.message,
      thrown: place,
      ...(code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
        ? { suggestion: "only the types are taken out, and the rest is run: write it in plain JavaScript" }
        : {}),
    };
  }
  const early = /^Cannot access '(.*)' before initialization$/.exec(error.message);
  return {
    code: "file-load",
    message: `it throws ${error.name}: ${error.message}`,
    thrown: place,
    ...(early === null
      ? {}
      : {
          suggestion:
            "two definitions that import each other have no order: name one of them with dataset(…)",
        }),
  };
}

function printed(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/**
 * Syntax errors begin with the place, and mark the spot below its line or, where it is several lines long, in
 * front of them. Those of types name a path, not a URL.
 */
function syntaxPlace(stack: string, root: string): ThrownPlace | undefined {
  const match =
    /^(\S.*):(\d+)\n(?:.*\n){1,3}?([ \t]*)\^+\n/.exec(stack) ??
    /^(\S.*):(\d+)\n(?:.*\n){0,2}? {2}> ([ \t]*)\S/.exec(stack);
  if (match?.[1] === undefined || match[3] === undefined) return undefined;
  const file = match[1].replace(/\?[^/\\]*$/, "");
  const path = projectPath(file.startsWith("file:") ? file : pathToFileURL(file).href, root);
  return path === undefined ? undefined : { path, line: Number(match[2]), column: match[3].length + 1 };
}

/** The engine of JavaScript does not tell where a name is declared once more. */
function secondDeclaration(message: string, root: string, path: string): ThrownPlace | undefined {
  const name = /^Identifier '(.*)' has already been declared$/.exec(message)?.[1];
  if (name === undefined) return undefined;
  const text = readFileSync(join(root, path), "utf8");
  const pattern = new RegExp(
    `\\b(?:const|let|class|function\\*?)\\s+(?=${name.replaceAll("$", String.raw`\$`)}\\b)`,
    "g",
  );
  const last = [...text.matchAll(pattern)].at(-1);
  return last && { path, ...placeAt(text, last.index + last[0].length) };
}

function stackPlace(stack: string, root: string): ThrownPlace | undefined {
  for (const match of stack.matchAll(/\(?(file:[^\s()]+):(\d+):(\d+)\)?$/gm)) {
    const path = match[1] === undefined ? undefined : projectPath(match[1], root);
    if (path !== undefined) return { path, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

/** The path relative to the project; undefined for what is not the user's own. */
export function projectPath(url: string, root: string): string | undefined {
  const path = relative(root, fileURLToPath(url));
  return path.startsWith("..") || path.includes("node_modules/") ? undefined : path;
}

function notFound(error: Error, root: string, path: string): ThreadProblem {
  const match = /^Cannot find (module|package) '(.*)' imported from (.*)$/.exec(error.message);
  const wanted = match?.[2] ?? "";
  const importer = relative(root, match?.[3] ?? "");
  const isPackage = match?.[1] === "package";
  const name = isPackage ? wanted : relative(root, wanted);
  return {
    code: "file-load",
    message: isPackage
      ? `the package "${name}" is not installed`
      : `it imports "${name}", which does not exist`,
    suggestion: isPackage ? `npm install ${name}` : missingFileHint(name),
    thrown: { path: importer === "" || importer.startsWith("..") ? path : importer },
    setting: [isPackage ? name : name.slice(name.lastIndexOf("/") + 1)],
  };
}

const missingFileHint = (name: string): string =>
  /\.[cm]?[jt]s$|\.json$/.test(name) ? "check the path" : `imports name files in full: ${name}.ts`;
