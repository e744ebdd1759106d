import { Argument, Option } from "commander";
import { json, projectOption, type VerbSpec } from "./verb-spec.ts";

const table = () => new Option("--table <name>", "which table of the document, where it has several");

/** Contracts in and out, as documents of the Open Data Contract Standard. */
export const contractVerbs: readonly VerbSpec[] = [
  {
    name: "contract export",
    summary: "Print contracts as documents of ODCS 3.1",
    description:
      "Prints what datasets promise as documents of the Open Data Contract Standard 3.1, in YAML. What the standard has no word for stands in custom properties and rules called sluice.",
    arguments: [new Argument("[dataset]", "the dataset")],
    options: [
      new Option("--all", "every dataset of the project"),
      new Option("--format <format>", "the standard").choices(["odcs"]).default("odcs"),
      new Option("--out <dir>", "write files <dataset>.odcs.yaml there instead of printing"),
      projectOption(),
      json(),
    ],
    examples: [
      ["contract export raw.orders", "one contract"],
      ["contract export --all --out contracts", "a file for each dataset"],
    ],
    load: async () => (await import("./contract-export.ts")).exportContracts,
  },
  {
    name: "contract import",
    summary: "Write a source from a document of ODCS",
    description:
      "Reads a contract of the Open Data Contract Standard 3.0 or 3.1, in YAML or JSON, and writes the definition of a source with it. What it says beyond is kept in the definition, listed, and said again by contract export.",
    arguments: [new Argument("<file>", "the document")],
    options: [
      new Option("--as <dataset>", "what the source is called (default: raw and the name of the table)"),
      table(),
      new Option("--force", "overwrite a definition that is there"),
      projectOption(),
      json(),
    ],
    examples: [
      ["contract import orders.odcs.yaml --as raw.orders", "writes sources/raw/orders.ts"],
      ["contract import shop.odcs.yaml --table orders --force", "one of several tables, over what is there"],
    ],
    load: async () => (await import("./contract-import.ts")).importContractFile,
  },
  {
    name: "contract diff",
    summary: "Compare two contracts, and say whom it breaks",
    description:
      "Compares two contracts, each a document of ODCS or a dataset of the project, column by column; or those that two environments or releases publish, of all datasets or of the named ones. Breaking is what takes a promise back that somebody reads by lineage, or refuses records that were accepted. Exits with 2 when they differ.",
    arguments: [
      new Argument("<a>", "a document, a dataset, an environment (prod) or a release (prod@12)"),
      new Argument("<b>", "the same"),
      new Argument("[datasets...]", "only these, of environments or releases"),
    ],
    options: [table(), projectOption(), json()],
    examples: [
      ["contract diff raw.orders orders.odcs.yaml", "what a supplier's new contract would change"],
      ["contract diff old.odcs.yaml new.odcs.yaml", "two documents"],
      ["contract diff prod@11 prod@12", "what one release changed in all contracts"],
      ["contract diff prod raw.orders", "what runs in prod, and what the project says now"],
    ],
    load: async () => (await import("./contract-diff.ts")).diffContracts,
  },
];
