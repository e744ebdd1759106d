import type { DatasetId, GraphCheck, GraphColumn } from "../graph/graph.ts";
import type { DefinitionPath } from "./definition-path.ts";
import type { DefinitionFile } from "./definitions.ts";
import type { DatasetDraft, DatasetEntry } from "./draft.ts";
import type { Binder, Outcome, ParsedQuery } from "../sql/binder.ts";
import type { ParsedModel } from "./parse-models.ts";
import type { NodeSketch, Piece } from "./piece.ts";
import { readDefinition } from "./read-definition.ts";
import { Mistakes } from "./validate.ts";

/**
 * A dataset on its way through the compiler: read from its file, or known by what an earlier compilation left
 * of it. What is known is believed until something speaks against it; then the file is read after all.
 */
export class Dataset implements DatasetEntry {
  readonly id: DatasetId;
  readonly kind: "source" | "model";
  readonly file: DefinitionFile;
  model?: ParsedModel;
  columns?: readonly GraphColumn[];
  checks?: readonly GraphCheck[];
  /** What others see of it; absent while, or because, its columns are not known. */
  shape?: string;
  /** Key of its node's text. */
  node?: string;
  /** Of its node; there with `node`. */
  sketch?: NodeSketch;
  /** For a view: how often its query refers to each input. */
  viewOf?: Readonly<Record<DatasetId, number>>;
  #draft: DatasetDraft | undefined;
  #piece: Piece | undefined;
  #parsed: Promise<Outcome<ParsedQuery>> | undefined;
  readonly #mistakes: Mistakes | undefined;

  constructor(file: DefinitionFile, path: DefinitionPath, known: DatasetDraft | Piece) {
    this.id = path.name;
    this.kind = known.kind;
    this.file = file;
    if ("file" in known) this.#draft = known;
    else {
      this.#piece = known;
      this.#mistakes = new Mistakes({
        path: file.path,
        value: {},
        placeOf: (setting, part) => readDataset(file, path).mistakes.settings.placeOf(setting, part),
      });
    }
  }

  /** Undefined once it has been read. */
  get piece(): Piece | undefined {
    return this.#piece;
  }

  get story(): string | undefined {
    return (this.#draft ?? this.#piece)?.story;
  }

  get renamedFrom(): string | undefined {
    return (this.#draft ?? this.#piece)?.renamedFrom;
  }

  get mistakes(): Mistakes {
    return this.#draft?.mistakes ?? this.#mistakes ?? this.read().mistakes;
  }

  /** Have its query parsed, where it was read and has one: what it says is known before the other definitions are. */
  beginToParse(binder: Pick<Binder, "parse">): Promise<unknown> | undefined {
    const query = this.#draft?.kind === "model" ? this.#draft.query : undefined;
    return query && (this.#parsed = binder.parse(query.sql));
  }

  /** Its query parsed, if that was begun; once. */
  takeParsed(): Promise<Outcome<ParsedQuery>> | undefined {
    const parsed = this.#parsed;
    this.#parsed = undefined;
    return parsed;
  }

  /** What is written in its file; from now on nothing else is believed. */
  read(): DatasetDraft {
    this.#piece = undefined;
    return (this.#draft ??= readDataset(this.file, { role: this.kind, name: this.id }));
  }
}

/** Of a file that has been read before, and was the definition of a dataset. */
function readDataset(file: DefinitionFile, path: DefinitionPath): DatasetDraft {
  const { draft } = readDefinition(file, path);
  if (draft === undefined || draft.kind === "consumer" || draft.kind === "story")
    throw new Error(`"${file.path}" is not the definition of a dataset any more`);
  return draft;
}
