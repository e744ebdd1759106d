import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectOnDisk } from "./project-on-disk.ts";

interface Answer {
  readonly models?: number;
  readonly error?: { readonly diagnostics: readonly { readonly path: string; readonly code: string }[] };
}

const project = {
  "sluice.config.ts": 'import { project } from "sluice";\nexport default project({ name: "watched" });\n',
  "sources/raw/orders.ts":
    'import { files, source, t } from "sluice";\nexport default source({ from: files("landing/*.csv"), columns: { id: t.text().key(), amount: t.integer() } });\n',
  "models/shop/sales.sql": "select id, amount from raw.orders\n",
  "models/shop/totals.sql": "select sum(amount) as total from shop.sales\n",
};

/** `check --watch` at work: each answer as it comes. */
async function watching(
  root: Awaited<ReturnType<typeof projectOnDisk>>,
  flags: readonly string[] = ["--json"],
) {
  const lines: string[] = [];
  let arrived = (): void => undefined;
  const { child, ended } = root.start(["check", "--watch", ...flags], {
    onLine: (line) => {
      lines.push(line);
      arrived();
    },
  });
  let read = 0;
  const next = async (): Promise<string> => {
    while (lines.length <= read) {
      const { promise, resolve } = Promise.withResolvers<void>();
      arrived = resolve;
      await promise;
    }
    return lines[read++] ?? "";
  };
  /** Answers until one fits: a scan may fall between the steps of an edit. The test's time limit ends it. */
  const until = async (fits: (answer: Answer) => boolean): Promise<void> => {
    while (!fits(JSON.parse(await next()) as Answer));
  };
  return { child, ended, next, until, lines };
}

/** A project without mistakes, of so many models. */
const good =
  (models: number) =>
  (answer: Answer): boolean =>
    answer.models === models;

/** One mistake. */
const mistake =
  (code: string, path: string) =>
  ({ error }: Answer): boolean =>
    error?.diagnostics.length === 1 &&
    error.diagnostics[0]?.code === code &&
    error.diagnostics[0].path === path;

test("check --watch answers every change of a project, whatever way it is made, until Ctrl-C", async () => {
  await using root = await projectOnDisk(project);
  const { child, ended, until, lines } = await watching(root);
  const path = (name: string): string => join(root.root, name);
  await until(good(2));

  await writeFile(path("models/shop/sales.sql"), "select id from raw.orders\n");
  await until(mistake("unknown-column", "models/shop/totals.sql"));
  // As editors write: to another file, which then takes the place of the first.
  await writeFile(path("models/shop/.sales.sql.swp"), "select id, amount * 2 as amount from raw.orders\n");
  await rename(path("models/shop/.sales.sql.swp"), path("models/shop/sales.sql"));
  await until(good(2));

  await mkdir(path("models/fresh"));
  await writeFile(path("models/fresh/one.sql"), "select 1 as one\n");
  await until(good(3));
  await writeFile(path("models/fresh/one.sql"), "select 1 as one, 2 as two\n");
  await until(good(3));
  await rm(path("models/fresh"), { recursive: true });
  await until(good(2));

  await rename(path("sluice.config.ts"), path("away"));
  await until(mistake("config-invalid", "sluice.config.ts"));
  await rename(path("away"), path("sluice.config.ts"));
  await until(good(2));

  await writeFile(path("sources/raw/orders.ts"), project["sources/raw/orders.ts"].replace("amount:", "sum:"));
  await until(mistake("unknown-column", "models/shop/sales.sql"));

  // Nothing happens, so nothing is said.
  const said = lines.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(lines).toHaveLength(said);
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});

test("check --watch tells people what is wrong and after what, and forgets it when it is gone", async () => {
  await using root = await projectOnDisk(project);
  const { child, ended, next } = await watching(root, []);
  expect(await next()).toMatch(/^\d\d:\d\d:\d\d 3 datasets, no problems \(.* s\)$/);
  await root.write({ "models/shop/totals.sql": "select sum(amout) as total from shop.sales\n" });
  const seen = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(await next()));
  };
  await seen(/^error\[unknown-column\] models\/shop\/totals\.sql:1:12$/);
  await seen(/1 error \(.* s\) after models\/shop\/totals\.sql$/);
  await root.write({ "models/shop/totals.sql": project["models/shop/totals.sql"] });
  await seen(/3 datasets, no problems \(.* s\) after models\/shop\/totals\.sql$/);
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
});
