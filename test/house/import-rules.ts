/** The rules of the house about who may import what. Each looks at all files and names every breach. */
import { doors, heart, libraries, mayImport, ports } from "./rooms.ts";
import type { Import, SourceFile } from "./source-file.ts";

export interface Rule {
  /** The rule in words; the name of its test. */
  readonly rule: string;
  /** A sentence for each breach: the file, the import and what is wrong with it. */
  readonly breaches: (files: readonly SourceFile[]) => readonly string[];
}

export const isTest = (path: string): boolean => path.endsWith(".test.ts");

/** The room of a path below `src/`, with ports split in two; undefined outside `src/`. */
export function roomOf(path: string): string | undefined {
  const [top, first, ...rest] = path.split("/");
  if (top !== "src" || first === undefined) return undefined;
  if (rest.length === 0) return first.replace(/\.ts$/, "");
  if (!(first in ports)) return first;
  return rest[0] === `${first}.ts` ? `${first} port` : `${first} adapter`;
}

/** Which adapter of its port a file belongs to: `duckdb` for `src/engine/duckdb/ingest.ts`. */
function adapterOf(path: string): string | undefined {
  const [, port, file] = path.split("/");
  return ports[port ?? ""]?.find(
    (name) => file === name || file === `${name}.ts` || file?.startsWith(`${name}-`),
  );
}

const isOurs = ({ target }: Import): boolean => target.startsWith("src/");
const isPackage = ({ target }: Import): boolean =>
  !/^(src|console|examples|test|scripts|bench)\//.test(target) && !target.startsWith("node:");

/** Ask `wrong` about every import of the files below `src/` (tests may import what they test and what it needs). */
function everyImport(wrong: (file: SourceFile, imported: Import) => string | undefined) {
  return (files: readonly SourceFile[]): string[] =>
    files
      .filter(({ path }) => path.startsWith("src/") && !isTest(path))
      .flatMap((file) =>
        file.imports.flatMap((imported) => {
          const reason = wrong(file, imported);
          return reason === undefined
            ? []
            : [`${file.path}:${imported.line} imports "${imported.specifier}": ${reason}`];
        }),
      );
}

const isDoor = (from: string, to: string): boolean =>
  doors.some((door) => door.from === from && door.to === to);

/** Files of `files` that import each other in a circle; each circle once. */
function circles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  // Tarjan's strongly connected components.
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.size - 1);
    open.push(path);
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (!byPath.has(target)) continue;
      if (!order.has(target)) visit(target);
      if (open.includes(target)) low.set(path, Math.min(low.get(path)!, low.get(target)!));
    }
    if (low.get(path) !== order.get(path)) return;
    const circle = open.splice(open.indexOf(path));
    const importsItself = byPath.get(path)?.imports.some(({ target }) => target === path) ?? false;
    if (circle.length > 1 || importsItself) found.push(circle.toSorted());
  };
  for (const path of byPath.keys()) if (!order.has(path)) visit(path);
  return found;
}

export const importRules = {
  rooms: {
    rule: "every room imports only the rooms below it",
    breaches: everyImport((file, imported) => {
      if (!isOurs(imported)) return undefined;
      const [from, to] = [roomOf(file.path)!, roomOf(imported.target)!];
      const allowed = mayImport[from];
      if (allowed === undefined)
        return `"${from}" is not a room of the house; give it a place in test/house/rooms.ts`;
      if (from === to || allowed.includes(to) || isDoor(from, imported.target)) return undefined;
      return `${from} may import ${allowed.join(", ") || "nothing"}, and not ${to}`;
    }),
  },
  inside: {
    rule: "src imports nothing of the repository outside src",
    breaches: everyImport((_, { target }) =>
      /^(console|examples|test|scripts|bench)\//.test(target)
        ? "what is shipped cannot depend on what is not"
        : undefined,
    ),
  },
  heartOrder: {
    rule: `the heart imports downwards only: ${heart.join(" < ")}; flow imports graph`,
    breaches: everyImport((file, imported) => {
      const rooms: readonly string[] = heart;
      const [from, to] = [roomOf(file.path)!, roomOf(imported.target) ?? ""];
      if (from === "flow" && rooms.includes(to) && to !== "graph")
        return `flow knows graph only, and not ${to}`;
      if (!rooms.includes(from)) return undefined;
      return to === "flow" || rooms.indexOf(to) > rooms.indexOf(from)
        ? `${to} comes after ${from}`
        : undefined;
    }),
  },
  portTypes: {
    rule: "the interface of a port imports types only, and only from the heart",
    breaches: everyImport((file, imported) => {
      if (!roomOf(file.path)!.endsWith(" port")) return undefined;
      if (!isOurs(imported)) return "an interface knows neither libraries nor Node";
      return imported.typeOnly ? undefined : "an interface imports with `import type`";
    }),
  },
  adapters: {
    rule: "an adapter never imports another adapter",
    breaches: everyImport((file, imported) => {
      const [from, to] = [roomOf(file.path)!, roomOf(imported.target) ?? ""];
      if (!from.endsWith(" adapter") || !to.endsWith(" adapter")) return undefined;
      if (from !== to) return `${from} and ${to} meet in wiring.ts only`;
      const [mine, other] = [adapterOf(file.path), adapterOf(imported.target)];
      return other === undefined || other === mine ? undefined : `it belongs to the adapter ${other}`;
    }),
  },
  wiring: {
    rule: "only wiring.ts knows adapters",
    breaches: everyImport((file, imported) => {
      const [from, to] = [roomOf(file.path)!, roomOf(imported.target) ?? ""];
      if (!to.endsWith(" adapter") || from.endsWith(" adapter") || from === "wiring") return undefined;
      return "take the port from wiring.ts";
    }),
  },
  siblings: {
    rule: "cli and server do not know each other",
    breaches: everyImport((file, imported) => {
      const pair = [roomOf(file.path), roomOf(imported.target)];
      return pair.includes("cli") && pair.includes("server")
        ? "they are siblings over run, plan and store"
        : undefined;
    }),
  },
  libraries: {
    rule: "a library is imported only in the rooms that own it",
    breaches: everyImport((file, imported) => {
      if (!isPackage(imported)) return undefined;
      const owners = libraries[imported.target];
      if (owners === undefined) return "no room owns this package; see test/house/rooms.ts";
      return owners.some((owner) => file.path.startsWith(owner))
        ? undefined
        : `it belongs to ${owners.join(" and ")}`;
    }),
  },
  circles: {
    rule: "no file imports itself through others, not even for types",
    breaches: (files) =>
      circles(files.filter(({ path }) => path.startsWith("src/"))).map(
        (circle) => `in a circle: ${circle.join(", ")}`,
      ),
  },
  console: {
    rule: "console imports types only, and only from the server's API",
    breaches: (files) =>
      files
        .filter(({ path }) => path.startsWith("console/"))
        .flatMap(({ path, imports }) =>
          imports
            .filter(
              (imported) =>
                isOurs(imported) && !(imported.typeOnly && imported.target === "src/server/api.ts"),
            )
            .map(
              ({ line, specifier }) =>
                `${path}:${line} imports "${specifier}": only \`import type\` from src/server/api.ts`,
            ),
        ),
  },
} satisfies Record<string, Rule>;
