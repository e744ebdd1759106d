import { type Document, parseDocument } from "yaml";

/**
 * Parse the one YAML document of a text; mistakes are in its `errors`. What follows behind a `---` is one as well: the
 * parser would leave it out without a word.
 */
export function parseYaml(text: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  for (const error of document.errors) {
    if (error.code === "MULTIPLE_DOCS")
      error.message = 'a second document begins here, and only one is read; take out the "---"';
  }
  return document;
}
