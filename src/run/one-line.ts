import { unprintable } from "../graph/unprintable.ts";

// Names and reasons come from strangers: none of them begins a line, or a header, or turns the direction of a text.
const runs = new RegExp(`${unprintable.source}+`, "g");

/** What is shown of a stranger's text in a message that leaves: one line of at most so many characters. */
export function oneLine(text: string, longest: number): string {
  const line = text.replaceAll(runs, " ").toWellFormed();
  return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line;
}
