import type { FileProblem, LandingFile } from "../../graph/delivery.ts";
import { type Preparation, type PreparedFile, prepareFile } from "./prepare-landing.ts";

export interface PreparedFiles {
  /** In the order of delivery. */
  readonly files: readonly PreparedFile[];
  readonly problems: readonly FileProblem[];
}

/** Files unpacked and looked at together. Parquet files are looked at by the engine, which is asked one thing at a time. */
const atOnce = 4;

/** Make all files of a delivery ready. One that cannot be does not keep the others. */
export async function prepareFiles(
  files: readonly LandingFile[],
  preparation: Preparation,
): Promise<PreparedFiles> {
  const outcomes: (PreparedFile | FileProblem)[] = [];
  const waiting = files.entries();
  const work = async (): Promise<void> => {
    for (const [order, file] of waiting) outcomes[order] = await prepareFile(file, order, preparation);
  };
  const usesEngine = files.some(
    ({ name }) => (preparation.options.format ?? "") === "parquet" || /\.parquet$/i.test(name),
  );
  await Promise.all(Array.from({ length: usesEngine ? 1 : atOnce }, work));
  return {
    files: outcomes.filter((outcome) => "format" in outcome),
    problems: outcomes.filter((outcome) => "severity" in outcome),
  };
}
