import { copyFile, link, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvent } from "../../src/run/events.ts";
import type { Contender } from "../contest.ts";
import { fingerprints } from "../fingerprint.ts";
import { ordersModels } from "../generate/orders-models/orders-models.ts";
import { sluiceCheckNames } from "../generate/sluice-project.ts";
import { measureProcess, type Measured } from "../measure-process.ts";
import { programContender } from "../program-contender.ts";
import type { CheckVerdict, Evidence } from "../same-work.ts";
import { checkResults, parseRun, publishedDatasets, sluiceCommand } from "../sluice-cli.ts";

/** Columns that Sluice adds to its sources. */
const ownColumns = ["sluice_file", "sluice_line"];

/**
 * Sluice building workload (a). Cold: nothing is there but the project and its landing files. Warm: the first
 * delivery was built before, the second has replaced its files; each turn starts from a copy of that state.
 */
export async function sluiceBuildContender(setup: {
  readonly project: string;
  /** Write a delivery into the project's landing directory. */
  readonly deliver: (delivery: number) => Promise<void>;
  readonly temperature: "cold" | "warm";
  readonly directory: string;
  readonly expected: Evidence["expected"];
}): Promise<Contender> {
  const { project, deliver, temperature, directory, expected } = setup;
  const compileCache = join(directory, "compile-cache");
  const state = join(project, ".sluice");
  const before = join(directory, "state-before");
  const command = sluiceCommand(project, ["run", "--json"], compileCache);
  await deliver(1);
  if (temperature === "warm") {
    await measureProcess(command, join(directory, "first-build"));
    await rename(state, before);
    await rm(join(project, "landing"), { recursive: true });
    await deliver(2);
  }
  let asked: ReadonlySet<string> | undefined;
  return programContender({
    name: "sluice",
    role: "subject",
    directory,
    settle: true,
    async prepare() {
      await rm(state, { recursive: true, force: true });
      if (temperature === "warm") await cloneState(before, state);
      else await rm(compileCache, { recursive: true, force: true });
    },
    command: () => command,
    async evidence(measured) {
      const published = await publishedDatasets(project);
      const outputs = await fingerprints(
        {
          outputs: Object.fromEntries(
            published.map(({ name, files, without }) => [name, { files, without }]),
          ),
          ignored: ownColumns,
        },
        directory,
      );
      for (const { name, rows } of published) {
        if (outputs[name]?.rows !== rows)
          throw new Error(`${name} says ${rows} rows and holds ${outputs[name]?.rows}`);
      }
      // Asking for every check takes a command for each dataset: once is enough, the project stays the same.
      asked ??= await checksAsked(project, compileCache);
      return { outputs, verdicts: verdictsOf(measured, asked), expected };
    },
  });
}

/**
 * Verdicts from what the run said of each dataset. A dataset whose rows the second delivery did not change is
 * reused with its audit; that it holds the right rows is for the referee. Errors: the run did not publish everything.
 */
function verdictsOf(measured: Measured, asked: ReadonlySet<string>): Record<string, CheckVerdict> {
  const { events, summary } = parseRun(measured);
  const refused = Object.values(summary.rows).reduce((sum, rows) => sum + rows.received - rows.accepted, 0);
  if (summary.release === null || summary.failed.length + summary.held.length + refused > 0) {
    throw new Error(`the run was not clean: ${JSON.stringify({ ...summary, built: summary.built.length })}`);
  }
  const verdicts: Record<string, CheckVerdict> = Object.fromEntries(
    [...asked].map((id) => [id, { passed: true, offending: 0 }]),
  );
  for (const event of events.filter(
    (e): e is Extract<RunEvent, { type: "finished" }> => e.type === "finished",
  )) {
    const model = ordersModels.find(({ name }) => name === event.dataset);
    for (const finding of event.findings) {
      const id = model && sluiceCheckNames(model).get(finding.name);
      if (id === undefined)
        throw new Error(`${event.dataset} has a finding of no known check: "${finding.name}"`);
      verdicts[id] = {
        passed: finding.passed,
        ...(countsRows(finding.check) ? { offending: finding.value } : {}),
      };
    }
  }
  return verdicts;
}

/** Whether a check's value is a number of offending rows that every contender counts alike. */
const countsRows = (check: string): boolean => check !== "row_count" && check !== "referential_integrity";

/** Every check that the published versions were audited with. */
async function checksAsked(project: string, compileCache: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const model of ordersModels) {
    const names = sluiceCheckNames(model);
    for (const result of await checkResults(project, model.name, compileCache)) {
      const id = names.get(result.name);
      if (id === undefined)
        throw new Error(`${model.name} was audited with a check of no known name: "${result.name}"`);
      ids.add(id);
    }
  }
  return ids;
}

/** Copy a state: immutable Parquet files as hard links, everything else as copies. */
export async function cloneState(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await cloneState(source, target);
    else if (entry.name.endsWith(".parquet")) await link(source, target);
    else await copyFile(source, target);
  }
}
