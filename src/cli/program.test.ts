import { globSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { commandsBelow, createProgram, fullName } from "./program.ts";

const document = (path: string) =>
  readFileSync(new URL(`../../docs/reference/${path}`, import.meta.url), "utf8");
const program = createProgram(() => Promise.resolve());
const verbs: readonly Command[] = commandsBelow(program).filter(({ commands }) => commands.length === 0);

/** The sections of a document by heading. */
const sections = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf("\n")), section.slice(section.indexOf("\n"))]),
  );

test("docs/reference/cli.md has a section for every verb, and for no other", () => {
  const documented = [...sections(document("cli.md")).keys()].filter((heading) =>
    heading.startsWith("sluice "),
  );
  expect(documented).toEqual(verbs.map((verb) => `sluice ${fullName(verb)}`));
});

test.each(verbs.map((verb) => [fullName(verb), verb] as const))(
  "cli.md lists every flag of %s, and no other",
  (name, verb) => {
    const section = sections(document("cli.md")).get(`sluice ${name}`) ?? "";
    const documented = [...section.matchAll(/^- `([^`]+)`/gm)].map(([, flags]) => flags);
    expect(documented).toEqual(verb.options.map(({ flags }) => flags));
  },
);

test("docs/reference/json.md says what every verb prints, and every schema is there and is used", () => {
  const text = document("json.md");
  const rows = [...text.matchAll(/^\| `([\w ]+)` \| (.*) \|$/gm)];
  expect(rows.map(([, verb]) => verb)).toEqual(
    verbs.filter((verb) => verb.options.some(({ long }) => long === "--json")).map((verb) => fullName(verb)),
  );
  const linked = new Set(
    [...text.matchAll(/\(schemas\/([\w-]+\.schema\.json)\)/g)].map(([, file = ""]) => file),
  );
  const present = globSync("*.json", {
    cwd: new URL("../../docs/reference/schemas", import.meta.url).pathname,
  });
  expect(linked).toEqual(new Set(present));
});

test("every verb has examples that are command lines of it", async () => {
  for (const verb of verbs) {
    let help = "";
    verb.configureOutput({ writeOut: (text) => (help += text) });
    verb.outputHelp();
    const examples = [...(help.split("Examples:\n")[1] ?? "").matchAll(/^ {2}sluice (.+?) {2,}/gm)].map(
      ([, line = ""]) => line,
    );
    expect(examples.length, fullName(verb)).toBeGreaterThan(0);
    for (const example of examples) {
      const asked: string[] = [];
      const fresh = createProgram((_load, args) => {
        asked.push(String(args.length));
        return Promise.resolve();
      });
      for (const command of [fresh, ...commandsBelow(fresh)])
        command.exitOverride().configureOutput({ writeErr: () => {} });
      // What the shell would do with quotes and redirections.
      const words = [...example.replace(/ [<>] .*/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? "",
      );
      await fresh.parseAsync(words, { from: "user" });
      expect(asked, example).toHaveLength(1);
    }
  }
});

test("help loads no verb, no engine and no store", async () => {
  const { execFileSync } = await import("node:child_process");
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { runCommandLine } = await import(${JSON.stringify(new URL("main.ts", import.meta.url).href)});
    const { processShell } = await import(${JSON.stringify(new URL("process-shell.ts", import.meta.url).href)});
    const exit = await runCommandLine(processShell(), ["run", "--help"]);
    process.stdout.write("\\n" + JSON.stringify({ exit, loaded: loaded.filter((url) => url.startsWith("file:")) }));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  const { exit, loaded } = JSON.parse(out.slice(out.lastIndexOf("\n") + 1)) as {
    exit: number;
    loaded: readonly string[];
  };
  expect(exit).toBe(0);
  expect(out).toContain("Usage: sluice run");
  const outside = loaded.filter((url) => !/node_modules\/commander|src\/(cli\/|errors\.ts)/.test(url));
  expect(outside).toEqual([]);
  expect(loaded.filter((url) => /cli\/(run|query|init|demo)\.ts$/.test(url))).toEqual([]);
});
