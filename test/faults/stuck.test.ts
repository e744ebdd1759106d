import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startSluice } from "../e2e/command-line.ts";
import { projectOnDisk } from "../e2e/project-on-disk.ts";
import { childrenOf, runs } from "./inspect-state.ts";

const config = 'import { project } from "sluice";\nexport default project({ name: "stuck" });\n';
const endless = `import { model, t } from "sluice";
export default model({ columns: { a: t.text() }, rows: function* () { for (;;) {} } });
`;

test("a worker stuck in a model's code does not outlive the program that started it", async () => {
  await using project = await projectOnDisk({ "sluice.config.ts": config, "models/m/endless.ts": endless });
  const started = startSluice(["run", "--json"], { cwd: project.root });
  const workers = await untilSome(() => childrenOf(started.child.pid ?? 0));
  // Long enough for the worker to be inside the model.
  await pause(2000);
  started.child.kill("SIGKILL");
  await started.ended;
  expect(await untilSome(() => (workers.some(runs) ? [] : ["all gone"]))).toEqual(["all gone"]);
}, 30_000);

async function untilSome<T>(look: () => T[]): Promise<T[]> {
  for (let tries = 0; tries < 100; tries++) {
    const found = look();
    if (found.length > 0) return found;
    await pause(100);
  }
  return [];
}
