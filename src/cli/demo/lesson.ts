/** The lesson: what the demo plays, in order, and what must be true after each step. */
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Stage } from "./stage.ts";

export interface Step {
  readonly title: string;
  /** What it is about, for the reader. */
  readonly about: string;
  play(stage: Stage, lesson: Lesson): Promise<void>;
}

export interface Lesson {
  /** The example as it is shipped, absolute. */
  readonly example: string;
  readonly comments: number;
  /** Files that the second iteration adds, relative to the project. */
  readonly iterationTwo: readonly string[];
  /** What readers saw, kept to compare with what they see later. */
  readonly seen: { beforePoison?: readonly unknown[]; afterRepair?: readonly unknown[] };
}

const seed = "1";

/** The question asked again and again: what a reader of the published data sees. */
const question = "select network, count(*) as comments from community.comments group by all order by network";

/** What the second iteration is for. */
const phrases =
  "select phrase, sum(times) as times from community.common_phrases group by all order by times desc, phrase limit 5";

const ask = (stage: Stage): Promise<readonly unknown[]> => stage.ask(["query", question]);

async function expectRelease(stage: Stage, number: number, meaning: string): Promise<void> {
  const { current } = await stage.ask<{ current: number }>(["releases"]);
  stage.expect(current === number, `${meaning}: dev is at release ${number}, not at ${current}`);
}

const simulate = ({ comments }: Lesson, ...more: readonly string[]): readonly string[] => [
  "simulate.ts",
  ...(more.length === 0 ? ["--comments", String(comments)] : []),
  "--seed",
  seed,
  "--out",
  "landing",
  ...more,
];

interface PlanDocument {
  readonly changes: readonly {
    readonly dataset: string;
    readonly action: string;
    readonly reason: { readonly because: string };
  }[];
}

/** The datasets that model files define, from their paths. */
const modelsOf = (files: readonly string[]): string[] =>
  files
    .filter((file) => file.startsWith("models/"))
    .map((file) =>
      file
        .replace(/^models\//, "")
        .replace(/\.\w+$/, "")
        .replaceAll("/", "."),
    )
    .toSorted();

export const lesson: readonly Step[] = [
  {
    title: "Raw material",
    about: "Six networks deliver what their exports really look like, dirt included.",
    play: async (stage, lesson) => void (await stage.script(simulate(lesson))),
  },
  {
    title: "Iteration one: every comment in one place",
    about: "The project is compiled, built, audited, and published in one release.",
    play: async (stage) => {
      await stage.sluice(["check"], 0);
      await stage.sluice(["run", "--why", "iteration one"], 0);
      await expectRelease(stage, 1, "the first run publishes the first release");
    },
  },
  {
    title: "Readers ask",
    about: "A question is answered from what is published.",
    play: async (stage) => {
      await stage.sluice(["query", question], 0);
      stage.expect((await ask(stage)).length === 6, "readers see comments of six networks");
    },
  },
  {
    title: "Iteration two: what is said most",
    about: "A story is added while the data flows. The plan says that only its models are built, and why.",
    play: async (stage, { example, iterationTwo }) => {
      for (const file of iterationTwo) {
        const to = join(stage.directory, file);
        await mkdir(dirname(to), { recursive: true });
        await cp(join(example, file), to);
      }
      await stage.tell("", "Added:", ...iterationTwo.map((file) => `  ${file}`));
      await stage.sluice(["plan"], 2);
      const { changes } = await stage.ask<PlanDocument>(["plan"]);
      const planned = changes.map(({ dataset }) => dataset).toSorted();
      stage.expect(
        isDeepStrictEqual(planned, modelsOf(iterationTwo)) &&
          changes.every(({ reason }) => reason.because === "new"),
        `only the new models are built (${modelsOf(iterationTwo).join(", ")}), not ${planned.join(", ")}`,
      );
      await stage.sluice(["run", "--why", "iteration two"], 0);
      await expectRelease(stage, 2, "the second iteration is the second release");
      await stage.sluice(["query", phrases], 0);
      await stage.sluice(["run"], 0);
      await expectRelease(stage, 2, "a run without changes publishes nothing");
    },
  },
  {
    title: "A poisoned delivery",
    about: "The gate stops it. Readers keep the last good data, and the incident has an owner.",
    play: async (stage, lesson) => {
      lesson.seen.beforePoison = await ask(stage);
      await stage.script(simulate(lesson, "--deliver", "poisoned"));
      const { output } = await stage.sluice(["run"], 1);
      stage.expect(output.includes("incident 1:"), "the run reports an incident");
      await expectRelease(stage, 2, "nothing of the poisoned delivery is published");
      await stage.sluice(["show", "raw.slack"], 0);
      await stage.sluice(["query", question], 0);
      stage.expect(
        isDeepStrictEqual(await ask(stage), lesson.seen.beforePoison),
        "readers see what they saw before the poisoned delivery",
      );
    },
  },
  {
    title: "The repair",
    about: "The delivery comes again as it should have been, and is published.",
    play: async (stage, lesson) => {
      await stage.script(simulate(lesson, "--deliver", "repaired"));
      await stage.sluice(["run", "--why", "repaired delivery"], 0);
      await expectRelease(stage, 3, "the repaired delivery is the third release");
      lesson.seen.afterRepair = await ask(stage);
      stage.expect(
        !isDeepStrictEqual(lesson.seen.afterRepair, lesson.seen.beforePoison),
        "readers see the repaired delivery",
      );
    },
  },
  {
    title: "Rollback",
    about: "Pointers move back: readers see the earlier release at once, nothing is built.",
    play: async (stage, lesson) => {
      await stage.sluice(["rollback", "--why", "to show how"], 0);
      await stage.sluice(["query", question], 0);
      stage.expect(
        isDeepStrictEqual(await ask(stage), lesson.seen.beforePoison),
        "readers see what the second release showed",
      );
      const then = await stage.ask<readonly unknown[]>(["query", question, "--at", "3"]);
      stage.expect(isDeepStrictEqual(then, lesson.seen.afterRepair), "the third release can still be read");
      await stage.sluice(["releases"], 0);
      await expectRelease(stage, 4, "the rollback is the fourth release");
    },
  },
];
