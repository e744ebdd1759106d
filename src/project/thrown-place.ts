import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { ThreadProblem, ThrownPlace } from "./thread-protocol.ts";

/** What a definition threw, as a problem with the place in the user's files that the stack tells. */
export function describeThrown(thrown: unknown, root: string, path: string): ThreadProblem {
  const error = thrown instanceof Error ? thrown : undefined;
  if (error === undefined)
    return { code: "file-load", message: `it throws ${printed(thrown)}`, thrown: { path } };
  const stack = error.stack ?? "";
  const place = syntaxPlace(stack, root) ?? stackPlace(stack, root) ?? { path };
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ERR_MODULE_NOT_FOUND") return notFound(error, root, path);
  if (error instanceof SyntaxError) return { code: "file-load", message: error.message, thrown: place };
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

/** Syntax errors begin with the place, some lines, and a mark below the column. */
function syntaxPlace(stack: string, root: string): ThrownPlace | undefined {
  const match = /^(file:\S+):(\d+)\n(?:.*\n){1,3}?([ \t]*)\^+\n/.exec(stack);
  if (match?.[1] === undefined || match[3] === undefined) return undefined;
  const path = projectPath(match[1], root);
  return path === undefined ? undefined : { path, line: Number(match[2]), column: match[3].length + 1 };
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
