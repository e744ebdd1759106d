import { describe, expect, test } from "vitest";
import { foldIncident, type Incident, titleOf } from "./incident.ts";
import { judgeIncidents } from "./judge-incidents.ts";
import { type Found, nameList, type Observation } from "./observation.ts";

const at = "2026-03-01T10:00:00.000Z";

const found = (dataset: string, check: string, more: Partial<Found> = {}): Found => ({
  dataset,
  check,
  kind: "range",
  severity: "warn",
  message: `${check} is wrong`,
  value: 3,
  version: `v of ${dataset}`,
  below: [],
  ...more,
});

const stop = (dataset: string, check: string, more: Partial<Found> = {}): Found =>
  found(dataset, check, { severity: "stop", ...more });

const heldBy = (by: string, ...datasets: readonly string[]): Observation["held"] =>
  Object.fromEntries([by, ...datasets].map((dataset) => [dataset, { by }]));

const look = (more: Partial<Observation> = {}): Observation => ({
  environment: "prod",
  at,
  who: "maria",
  runId: "run-1",
  found: [],
  judged: new Set(more.found?.map(({ dataset }) => dataset)),
  standing: new Map(),
  repairs: true,
  held: {},
  datasets: new Set(["a", "b", "c", "d"]),
  touched: new Map(),
  ...more,
});

/** What is there after these looks, one after the other; the numbers of incidents as a store gives them. */
function after(...looks: readonly Observation[]): readonly Incident[] {
  const all = new Map<number, Incident>();
  for (const seen of looks) {
    const open = [...all.values()].filter(({ state }) => state !== "resolved");
    for (const { id = all.size + 1, change } of judgeIncidents(open, seen))
      all.set(id, foldIncident(id, all.get(id), change, seen));
  }
  return [...all.values()];
}

describe("one root cause is one incident", () => {
  test("what is held because of a dataset belongs to its incident", () => {
    const [incident, ...others] = after(look({ found: [stop("a", "min")], held: heldBy("a", "b", "c") }));
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ id: 1, dataset: "a", severity: "stop", state: "open", occurrences: 1 });
    expect(incident?.held).toEqual({ count: 3, names: ["a", "b", "c"] });
  });

  test("what is found downstream in the same look joins it; what has nothing to do with it does not", () => {
    const incidents = after(
      look({
        found: [
          found("c", "max", { below: ["a\nmin", "b\nmax"] }),
          found("a", "min"),
          found("b", "max", { below: ["a\nmin"] }),
          found("d", "unique"),
        ],
      }),
    );
    expect(incidents.map(({ dataset, findings }) => [dataset, findings.map((one) => one.dataset)])).toEqual([
      ["a", ["a", "b", "c"]],
      ["d", ["d"]],
    ]);
  });

  test("what begins later, under a warning that stands for long, is an incident of its own", () => {
    const warned = look({ found: [found("a", "min")] });
    const later = look({ found: [found("a", "min"), stop("b", "max", { below: ["a\nmin"] })] });
    expect(after(warned, later).map(({ dataset, severity }) => [dataset, severity])).toEqual([
      ["a", "warn"],
      ["b", "stop"],
    ]);
  });

  test("a second reason why a dataset stands still is no second incident, and makes itself heard", () => {
    const first = look({ found: [stop("a", "min")], held: heldBy("a") });
    const second = look({ found: [stop("a", "min"), stop("a", "unique")], held: heldBy("a") });
    const [incident, ...others] = after(first, second);
    expect(others).toEqual([]);
    expect(incident?.findings.map(({ check }) => check)).toEqual(["min", "unique"]);
    expect(incident?.timeline.map(({ what }) => what)).toEqual(["opened", "worsened"]);
  });
});

test("what is stopped for another reason, before it ever went on, is still the same incident", () => {
  const first = look({ found: [stop("a", "build")], held: heldBy("a", "b") });
  const second = look({ found: [found("a", "max"), stop("a", "unique")], held: heldBy("a", "b") });
  const [incident, ...others] = after(first, second);
  expect(others).toEqual([]);
  expect(incident?.findings.map(({ check }) => check)).toEqual(["unique", "max"]);
  expect(incident?.timeline.map(({ what }) => what)).toEqual(["opened", "worsened"]);
});

describe("the same again", () => {
  test("is counted and not opened again, and keeps since when it is so", () => {
    const again = look({
      found: [found("a", "min", { value: 9, version: "v2" })],
      at: "2026-03-02T10:00:00.000Z",
    });
    const [incident, ...others] = after(look({ found: [found("a", "min")] }), again, again);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      occurrences: 3,
      lastSeen: { at: again.at },
      findings: [{ value: 9, version: "v2", since: at }],
    });
    expect(incident?.timeline).toHaveLength(1);
  });

  test("a warning that stops now is worse, and open again although somebody had taken note", () => {
    const open = after(look({ found: [found("a", "min")] }));
    const noted = open.map((one) =>
      foldIncident(
        one.id,
        one,
        { what: "acknowledged", why: "known" },
        { environment: "prod", at, who: "zoë" },
      ),
    );
    expect(noted[0]?.state).toBe("acknowledged");
    const changes = judgeIncidents(noted, look({ found: [stop("a", "min")], held: heldBy("a") }));
    expect(changes).toMatchObject([{ id: 1, change: { what: "worsened", severity: "stop" } }]);
    const [{ change } = { change: undefined }] = changes;
    const worse = change && foldIncident(1, noted[0], change, look());
    expect(worse).toMatchObject({ state: "open", severity: "stop" });
    expect(worse?.acknowledged).toBeUndefined();
  });

  test("of one that somebody took note of, a mere repetition leaves that as it is", () => {
    const [open] = after(look({ found: [found("a", "min")] }));
    const occasion = { environment: "prod", at, who: "zoë" };
    const noted = foldIncident(1, open, { what: "acknowledged", why: "known" }, occasion);
    const [{ change } = { change: undefined }] = judgeIncidents(
      [noted],
      look({ found: [found("a", "min")] }),
    );
    expect(change && foldIncident(1, noted, change, look())).toMatchObject({
      state: "acknowledged",
      occurrences: 2,
    });
  });
});

describe("the flow recovers", () => {
  const stopped = look({ found: [stop("a", "min"), found("a", "max")], held: heldBy("a", "b") });

  test("when the dataset is judged and nothing of it is found any more", () => {
    const [incident] = after(stopped, look({ judged: new Set(["a"]) }));
    expect(incident).toMatchObject({ state: "resolved", resolved: { by: "flow", who: "maria" } });
    // What stood last is what people read afterwards.
    expect(incident?.findings).toHaveLength(2);
  });

  test("not while part of it is found, and not by a look at others", () => {
    const part = look({ found: [found("a", "max")] });
    expect(after(stopped, part)).toMatchObject([
      { state: "open", severity: "warn", findings: [{ check: "max" }], held: { count: 0 } },
    ]);
    expect(after(stopped, look({ judged: new Set(["b"]) }))).toMatchObject([
      { state: "open", severity: "stop" },
    ]);
  });

  test("when what is published never had it, because what came in is gone again", () => {
    expect(after(stopped, look({ standing: new Map([["a", "the version before"]]) }))).toMatchObject([
      { state: "resolved" },
    ]);
    // A version that was published with a warning still has it.
    const warned = look({ found: [found("a", "max")] });
    const same = look({ standing: new Map([["a", "v of a"]]) });
    expect(after(warned, same)).toMatchObject([{ state: "open", occurrences: 1 }]);
  });

  test("not of what a monitor found on a version that stays: it is asked when something moves", () => {
    const drift = look({ found: [found("a", "rows", { kind: "monitor" })] });
    const asked = { judged: new Set(["a"]) };
    expect(after(drift, look({ ...asked, standing: new Map([["a", "v of a"]]) }))).toMatchObject([
      { state: "open" },
    ]);
    expect(after(drift, look(asked))).toMatchObject([{ state: "resolved" }]);
  });

  test("when the dataset has left the project", () => {
    const [incident] = after(stopped, look({ datasets: new Set(["b"]) }));
    expect(incident?.resolved?.why).toBe("a has left the project");
  });

  test("and what comes again after that is another one", () => {
    expect(
      after(stopped, look({ judged: new Set(["a"]) }), stopped).map(({ id, state }) => [id, state]),
    ).toEqual([
      [1, "resolved"],
      [2, "open"],
    ]);
  });
});

describe("a dataset that is renamed", () => {
  const warned = look({ found: [found("a", "max"), found("b", "max", { below: ["a\nmax"] })] });
  const renamed = { renamed: new Map([["a", "z"]]), datasets: new Set(["z", "b"]) };

  test("keeps its incident when it is found again under its new name", () => {
    const again = look({ ...renamed, found: [found("z", "max"), found("b", "max", { below: ["z\nmax"] })] });
    expect(after(warned, again)).toMatchObject([
      { id: 1, dataset: "z", state: "open", occurrences: 2, findings: [{ dataset: "z" }, { dataset: "b" }] },
    ]);
  });

  test("and when nobody looks at it", () => {
    const untouched = look({
      ...renamed,
      standing: new Map([
        ["z", "v of a"],
        ["b", "v of b"],
      ]),
    });
    expect(after(warned, untouched)).toMatchObject([
      { dataset: "z", state: "open", occurrences: 1, findings: [{ dataset: "z" }, { dataset: "b" }] },
    ]);
    expect(after(warned, untouched, untouched)[0]?.timeline).toHaveLength(2);
  });

  test("and has it resolved when nothing is found any more", () => {
    expect(after(warned, look({ ...renamed, judged: new Set(["z", "b"]) }))).toMatchObject([
      { state: "resolved", resolved: { why: "nothing of it is found any more" } },
    ]);
  });
});

describe("going back to an earlier release", () => {
  const back = look({ standing: new Map([["a", "the version before"]]), repairs: false });

  test("takes away what only warned of the later version", () => {
    expect(after(look({ found: [found("a", "max")] }), back)).toMatchObject([{ state: "resolved" }]);
  });

  test("repairs nothing that stopped", () => {
    expect(after(look({ found: [stop("a", "min")], held: heldBy("a") }), back)).toMatchObject([
      { state: "open" },
    ]);
  });
});

test("a title says the worst, and whose it is", () => {
  const since = at;
  const { below: _, ...own } = stop("a", "min of price");
  const { below: __, ...other } = stop("b", "unique");
  const { below: ___, ...mild } = found("a", "max");
  expect(
    titleOf("a", {
      severity: "stop",
      findings: [
        { ...own, since },
        { ...other, since },
        { ...mild, since },
      ],
    }),
  ).toBe("a stopped: min of price: min of price is wrong; b unique: unique is wrong (and 1 more)");
});

test("one that comes and goes for long keeps its beginning and what is new", () => {
  const steps = Array.from({ length: 300 }, (_, n) =>
    look({
      found: [stop("a", "min"), ...(n % 2 === 0 ? [] : [stop("a", "unique")])],
      held: heldBy("a"),
      runId: `run-${n}`,
    }),
  );
  const [incident] = after(...steps);
  expect(incident?.timeline).toHaveLength(100);
  expect(incident?.timeline[0]?.what).toBe("opened");
  expect(incident?.timeline.at(-1)?.runId).toBe("run-299");
});

test("ten thousand names are counted and not all kept", () => {
  expect(nameList(Array.from({ length: 10_000 }, (_, n) => `shop.dataset_${n}`))).toMatchObject({
    count: 10_000,
  });
  expect(nameList(Array.from({ length: 10_000 }, String)).names).toHaveLength(50);
});
