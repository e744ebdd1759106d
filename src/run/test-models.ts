import { SluiceError } from "../errors.ts";
import type { Graph, ModelNode } from "../graph/graph.ts";
import type { ModelTest } from "../graph/model-test.ts";
import { failureOf } from "./failure.ts";
import { withLease } from "./lease.ts";
import { testContract } from "./test-contract.ts";
import { type OneTest, type TestBench, type TestFailure, testModel } from "./test-model.ts";

export interface TestResult {
  readonly test: ModelTest;
  /** Absent where it passed. */
  readonly failure?: TestFailure;
  /** Milliseconds. */
  readonly elapsed: number;
}

export interface TestRequest {
  readonly graph: Graph;
  readonly tests: readonly ModelTest[];
  readonly signal: AbortSignal;
  /** Milliseconds that one test may take. */
  readonly timeout: number;
  readonly onResult: (result: TestResult) => void;
}

/**
 * Run tests, as many at once as there are workers, by the very code that builds models in a run. Answered in the order of
 * the tests; `onResult` hears of each when it is over. Errors: `interrupted`; a test that fails, or does not end, is a result.
 */
export async function testModels(bench: TestBench, request: TestRequest): Promise<readonly TestResult[]> {
  const { ports } = bench;
  const { tests, signal } = request;
  return withLease(ports, "test", async (lease, stop) => {
    const stopped = AbortSignal.any([signal, stop]);
    const results: TestResult[] = [];
    const waiting = tests.entries();
    const inTurn = oneAfterAnother();
    const work = async (): Promise<void> => {
      for (const [index, test] of waiting) {
        if (stopped.aborted) return;
        const result = await runTest(bench, request, test, { lease, signal: stopped, inTurn });
        results[index] = result;
        if (!stopped.aborted) request.onResult(result);
      }
    };
    const { slots } = await ports.executor();
    await Promise.all(Array.from({ length: Math.min(slots, tests.length) }, work));
    if (stopped.aborted) throw new SluiceError("interrupted", "the tests were stopped");
    return results;
  });
}

async function runTest(
  bench: TestBench,
  { graph, timeout }: TestRequest,
  test: ModelTest,
  shared: Pick<OneTest, "lease" | "signal" | "inTurn">,
): Promise<TestResult> {
  const started = performance.now();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout);
  const signal = AbortSignal.any([shared.signal, late.signal]);
  let failure: TestFailure | undefined;
  try {
    failure = await testOne(bench, graph, test, { ...shared, signal });
  } catch (error) {
    if (!late.signal.aborted && !(error instanceof SluiceError)) throw error;
    failure = {
      error: late.signal.aborted
        ? `it did not end within ${timeout / 1000} s and was stopped (--timeout sets the limit)`
        : failureOf(error),
    };
  } finally {
    clearTimeout(timer);
  }
  return { test, ...(failure === undefined ? {} : { failure }), elapsed: performance.now() - started };
}

async function testOne(
  bench: TestBench,
  graph: Graph,
  test: ModelTest,
  shared: Pick<OneTest, "lease" | "signal" | "inTurn">,
): Promise<TestFailure | undefined> {
  const node = graph.datasets.find(({ id }) => id === test.model);
  const { delivered } = test;
  if (node?.kind === "source" && delivered !== undefined)
    return testContract(bench, { node, test, delivered, ...shared });
  if (node?.kind !== "model") throw new Error(`${test.model} is no model`);
  return testModel(bench, { ...shared, graph, node: unjudged(node), key: keyOf(node), test });
}

function oneAfterAnother(): OneTest["inTurn"] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** A test says itself what is right: checks, contracts and monitors judge data, and made up rows are none. */
function unjudged(node: ModelNode): ModelNode {
  const columns = node.columns.map(({ name, engineType }) => ({ name, engineType }));
  return { ...node, columns, checks: [], monitors: "off" };
}

const keyOf = ({ columns }: ModelNode): readonly string[] =>
  columns.flatMap(({ name, declared }) => (declared?.key ? [name] : []));
