// Names and reasons come from strangers: none of them begins a line, or a header, or turns the direction of a text.
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/** What is shown of a stranger's text in a message that leaves: one line of at most so many characters. */
export function oneLine(text: string, longest: number): string {
  const line = text.replaceAll(unprintable, " ").toWellFormed();
  return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line;
}
