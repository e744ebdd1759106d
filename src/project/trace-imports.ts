import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Follows which module imports which in this thread, and hashes what a definition is made of. */
export class ImportTrace {
  readonly #root: string;
  readonly #edges = new Map<string, Set<string>>();
  readonly #hashes = new Map<string, string>();
  #lock: Readonly<Record<string, unknown>> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  start(): void {
    registerHooks({
      resolve: (specifier, context, next) => {
        const resolved = next(specifier, context);
        const { parentURL } = context;
        // What this program itself consists of is not part of the project.
        if (parentURL !== undefined && specifier !== "sluice" && resolved.url.startsWith("file:")) {
          const edges = this.#edges.get(parentURL) ?? new Set();
          this.#edges.set(parentURL, edges.add(resolved.url));
        }
        return resolved;
      },
    });
  }

  /** A module and all it imports, directly or not. */
  reachable(url: string): Set<string> {
    const reached = new Set([url]);
    for (const one of reached) for (const next of this.#edges.get(one) ?? []) reached.add(next);
    return reached;
  }

  /** SHA-256 over a module and all it imports: content of files, name and version of installed packages. */
  hash(url: string): string {
    const parts = [...this.reachable(url)].map((one) => this.#identify(one));
    return createHash("sha256")
      .update([...new Set(parts)].sort().join("\n"))
      .digest("hex");
  }

  /** What to look at to see whether a module is still the same, relative to the project: of a package, its manifest. */
  watched(url: string): string[] {
    return [...this.reachable(url)].map((one) => {
      const path = fileURLToPath(one);
      const seen = isInstalled(one) ? join(packagePlace(path), "package.json") : path;
      return relative(this.#root, seen).replaceAll(sep, "/");
    });
  }

  #identify(url: string): string {
    const known = this.#hashes.get(url);
    if (known !== undefined) return known;
    const path = fileURLToPath(url);
    const identity = isInstalled(url)
      ? this.#packageIdentity(path)
      : `${relative(this.#root, path)} ${contentHash(path)}`;
    this.#hashes.set(url, identity);
    return identity;
  }

  /** Name, version and, where the project's lock file tells it, the checksum of an installed package. */
  #packageIdentity(path: string): string {
    const place = packagePlace(path);
    const manifest = readJson(join(place, "package.json"));
    this.#lock ??= (readJson(join(this.#root, "package-lock.json"))["packages"] ?? {}) as Record<
      string,
      unknown
    >;
    const locked = this.#lock[relative(this.#root, place).replaceAll(sep, "/")] as
      | Record<string, unknown>
      | undefined;
    return `${String(manifest["name"])}@${String(manifest["version"])} ${JSON.stringify(locked?.["integrity"])}`;
  }
}

function contentHash(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    // It went away while we looked; the next scan sees that.
    return "gone";
  }
}

const packagePlace = (path: string): string =>
  /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(path)?.[0] ?? dirname(path);

const isInstalled = (url: string): boolean => url.includes("/node_modules/");

function readJson(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}
