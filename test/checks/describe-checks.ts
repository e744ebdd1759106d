/** What must be true of every check, whatever it says. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckSpec } from "../../src/define/check-spec.ts";
import { type Asking, type Beside, inYaml, openAsking, type Row, settled } from "./asking.ts";

export interface CheckCase extends Beside {
  readonly check: CheckSpec;
  /** Beside the kind, where one kind has several cases. */
  readonly as?: string;
  /** Rows of which it holds. */
  readonly holds: readonly Row[];
  /** Rows of which it does not. */
  readonly fails: readonly Row[];
  /** What it then finds. */
  readonly value: number;
  readonly message: string;
  /** The first row that it shows; absent for a measurement, which has none. */
  readonly shows?: Readonly<Record<string, unknown>>;
  /** Rows with nulls, and what it finds among them. */
  readonly nulls: readonly [rows: readonly Row[], found: number | "nothing"];
  /** Whether it holds of no rows at all. */
  readonly empty: boolean;
  /** Whether it counts what offends, so that some of it can be tolerated. */
  readonly tolerant?: boolean;
}

/** Hold every case against the real engine. */
export function describeChecks(cases: readonly CheckCase[]): void {
  let asking: Asking;
  beforeAll(async () => {
    asking = await openAsking();
  });
  afterAll(() => asking[Symbol.asyncDispose]());

  describe.each(cases.map((one) => [[one.check.check, one.as].filter(Boolean).join(" "), one] as const))(
    "%s",
    (_, one) => {
      const { check } = one;
      test("is read the same from TypeScript and from YAML", () => {
        expect(settled(inYaml(check))).toEqual(settled(check));
      });

      test("holds", async () => {
        const found = await asking.find(check, one.holds, one);
        expect(found, found.message).toMatchObject({ passed: true, sample: [] });
      });

      test("fails, and says what is wrong", async () => {
        const found = await asking.find(check, one.fails, one);
        expect(found.message).toBe(one.message);
        expect(found.passed).toBe(false);
        expect(found.value).toBeCloseTo(one.value, 9);
        if (one.shows !== undefined) expect(found.sample[0]).toMatchObject(one.shows);
        const [first] = Object.keys(one.shows ?? {});
        if (first === "id") expect(Object.keys(found.sample[0] ?? {})[0]).toBe("id");
      });

      test("treats nulls as it says", async () => {
        const [rows, expected] = one.nulls;
        const found = await asking.find(check, rows, one);
        if (expected === "nothing") expect(found).toMatchObject({ passed: false, message: nothing });
        else expect(found.value, found.message).toBeCloseTo(expected, 9);
      });

      test("holds of no rows, or does not, as it says", async () => {
        const found = await asking.find(check, [], one);
        expect(found.passed, found.message).toBe(one.empty);
      });

      test("judges only the rows it is told to", async () => {
        const rows = [
          ...one.holds.map((row) => ({ ...row, kind: "good" })),
          ...one.fails.map((row, at) => ({ id: at + 1001, ...row, kind: "bad" })),
        ];
        const good = await asking.find({ ...check, where: "kind = 'good' -- only" }, rows, one);
        expect(good.passed, good.message).toBe(true);
        const bad = await asking.find({ ...check, where: "kind = 'bad'" }, rows, one);
        expect(bad.passed).toBe(false);
        expect(bad.value).toBeCloseTo(one.value, 9);
        // A condition that is null of every row leaves none.
        const none = await asking.find({ ...check, where: "kind = null" }, rows, one);
        expect(none.passed, none.message).toBe(one.empty);
      });

      if (one.tolerant !== true) return;
      test("tolerates what it is told to, and no more", async () => {
        const [{ value }, of] = [one, one.fails.length];
        const find = async (tolerance: CheckSpec["tolerance"]) =>
          (await asking.find({ ...check, ...(tolerance === undefined ? {} : { tolerance }) }, one.fails, one))
            .passed;
        expect(await find(value)).toBe(true);
        if (value > 1) expect(await find(value - 1)).toBe(false);
        expect(await find(`${(100 * value) / of + 0.01}%`)).toBe(true);
        expect(await find(`${(100 * value) / of - 0.01}%`)).toBe(false);
      });
    },
  );
}

const nothing = expect.stringContaining("there is nothing to measure") as unknown;
