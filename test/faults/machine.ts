/**
 * A run as on another machine: a process of its own, with a name of its machine and a clock of its own, that
 * knows nothing of processes elsewhere. Prints what `run --json` prints.
 */
import { writeSync } from "node:fs";
import { hostname } from "node:os";
import { SluiceError } from "../../src/errors.ts";
import { run } from "../../src/run/run.ts";
import { openWorkspace } from "../../src/wiring.ts";

export interface Machine {
  readonly host: string;
  readonly who: string;
  /** What it runs; `dev` unless told. */
  readonly environment?: string;
  /** Milliseconds that its clock is ahead. */
  readonly clock?: number;
  /** Milliseconds between signs of life, and without one before others take over. */
  readonly every?: number;
  readonly silence?: number;
}

const say = (document: unknown): void => void writeSync(1, `${JSON.stringify(document)}\n`);

async function runAs(root: string, machine: Machine): Promise<void> {
  const { host, who, environment = "dev", clock = 0, every = 200, silence = 3000 } = machine;
  const workspace = await openWorkspace(root);
  const here = workspace.ports;
  try {
    const { graph, graphHash, scan } = await workspace.project();
    const ports: typeof here = {
      ...here,
      now: () => new Date(Date.now() + clock),
      holder: { ...here.holder, host, who },
      signsOfLife: { every, silence },
      isAlive: (other, holding) =>
        other.host !== host || here.isAlive({ ...other, host: hostname() }, holding),
    };
    const request = {
      environment,
      who,
      why: "",
      publish: "good",
      signal: new AbortController().signal,
      signature: scan.signature,
    } as const;
    say(await run(ports, { graph, graphHash }, request, (event) => say({ event })));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const { code, message, hint } = error;
    say({ error: { code, message, hint } });
    process.exitCode = 1;
  } finally {
    await workspace.close();
  }
}

const [, program, root, settings] = process.argv;
if (program === import.meta.filename && root !== undefined && settings !== undefined)
  await runAs(root, JSON.parse(settings) as Machine);
