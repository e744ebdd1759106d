import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quoteText } from "../../sql/quote.ts";

/** Longest file names of common systems are 255 bytes. */
const segmentLength = 200;

/**
 * The directory for copies of a delivery's files. A copy's path spells the name of the file it is of, so
 * that the engine can tell each row's file from the path it was read from, whatever characters are in it.
 */
export class Scratch {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The path for a copy of some kind; its folder is there. */
  async place(kind: "text" | "records" | "clean" | "link", name: string): Promise<string> {
    const spelt = Buffer.from(name).toString("hex").match(segments) ?? [];
    // The end is marked, because one name may begin like another.
    const path = `${join(this.#directory, kind, ...spelt)}${endMark}`;
    await mkdir(dirname(path), { recursive: true });
    return path;
  }

  /** A path under which the engine reads a file that it could not be told of, or whose path does not end in its name. */
  async link(target: string, name: string): Promise<string> {
    const path = await this.place("link", name);
    await symlink(target, path);
    return path;
  }

  holds(path: string): boolean {
    return path.startsWith(`${this.#directory}/`);
  }

  /** SQL of the name that is spelt in the path of a copy. */
  nameOf(path: string): string {
    const spelt = `regexp_replace(substring(${path}, ${Array.from(this.#directory).length + 2}), '^[a-z]+/|/|${endMark}', '', 'g')`;
    return `decode(unhex(${spelt}))`;
  }

  /** SQL: whether a path is one of a copy. */
  isCopy(path: string): string {
    return `starts_with(${path}, ${quoteText(`${this.#directory}/`)})`;
  }
}

const segments = new RegExp(`.{1,${segmentLength}}`, "g");
const endMark = "~";
