/** How right predictions were, as questions in SQL beside the checks of the dataset that holds them. */
import type { Accuracy } from "../../define/consumer.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";
import type { CheckAnswer, CheckQuestion } from "../questions.ts";
import type { SeriesKind } from "./judge-series.ts";

/** Every measure of a model's accuracy, and how it may vary. */
export const accuracyKinds = {
  accuracy: "share",
  precision: "share",
  recall: "share",
  f1: "share",
  auc: "share",
  log_loss: "amount",
  mae: "amount",
  rmse: "amount",
  bias: "amount",
  mape: "amount",
  ndcg: "share",
  mrr: "share",
} as const satisfies Readonly<Record<string, SeriesKind>>;

export type AccuracyMeasure = keyof typeof accuracyKinds;

/** Stands for no value; nothing measures as little. */
const unknown = -1e300;

/** What to ask of a dataset of predictions, measure by measure; rows that have no actual value yet are left out. */
export function accuracyQuestions(accuracy: Accuracy): readonly CheckQuestion[] {
  const expressions = expressionsOf(accuracy);
  return Object.entries(expressions).map(([id, expression]) => ({
    id,
    ask: "aggregate",
    // What has no value, as without a row to judge by, is told apart from 0.
    expression: `coalesce(${expression}, ${String(unknown)})`,
  }));
}

/** The measures that have a value, by name. */
export function readAccuracy(
  answers: readonly CheckAnswer[],
): Readonly<Partial<Record<AccuracyMeasure, number>>> {
  const known = answers.filter(
    ({ value, error }) => error === undefined && Number.isFinite(value) && value > unknown,
  );
  return Object.fromEntries(known.map(({ id, value }) => [id, Number(value.toPrecision(9))]));
}

type Expressions = Partial<Record<AccuracyMeasure, string>>;

function expressionsOf(accuracy: Accuracy): Expressions {
  const [prediction, actual] = [quoteName(accuracy.prediction), quoteName(accuracy.actual)];
  const known = `${prediction} is not null and ${actual} is not null`;
  if (accuracy.task === "regression") return regression(prediction, actual, known);
  if (accuracy.task === "ranking") return ranking(prediction, actual, accuracy);
  return classification(prediction, actual, known, accuracy);
}

/** The mean absolute percentage error leaves out rows whose actual value is 0: a share of nothing is none. */
function regression(prediction: string, actual: string, known: string): Expressions {
  const error = `(cast(${prediction} as double) - cast(${actual} as double))`;
  const over = (value: string): string => `avg(case when ${known} then ${value} end)`;
  return {
    mae: over(`abs(${error})`),
    rmse: `sqrt(${over(`${error} * ${error}`)})`,
    bias: over(error),
    mape: `avg(case when ${known} and ${actual} <> 0 then abs(${error} / cast(${actual} as double)) end)`,
  };
}

/**
 * Accuracy of all classes; precision, recall and their harmonic mean of the positive one; where there are scores, the log
 * loss with scores kept a millionth away from 0 and 1, and the area under the curve by ranks (Hanley and McNeil 1982).
 */
function classification(
  prediction: string,
  actual: string,
  known: string,
  { positive, score }: Extract<Accuracy, { task: "classification" }>,
): Expressions {
  const accuracy = `avg(case when ${known} then case when ${prediction} = ${actual} then 1.0 else 0.0 end end)`;
  if (positive === undefined) return { accuracy };
  const value = typeof positive === "string" ? quoteText(positive) : String(positive);
  const is = (column: string): string => `${column} = ${value}`;
  const count = (condition: string): string => `count(case when ${known} and ${condition} then 1 end)`;
  const found = count(`${is(prediction)} and ${is(actual)}`);
  const [predicted, there] = [count(is(prediction)), count(is(actual))];
  const rates = {
    accuracy,
    precision: `${found} / nullif(${predicted}, 0) :: double`,
    recall: `${found} / nullif(${there}, 0) :: double`,
    f1: `2.0 * ${found} / nullif(${predicted} + ${there}, 0)`,
  };
  if (score === undefined) return rates;
  const share = `least(greatest(cast(${quoteName(score)} as double), 1e-6), 1 - 1e-6)`;
  const judged = `${quoteName(score)} is not null and ${actual} is not null`;
  const ranked = `select ${is(actual)} as yes,
      rank() over (order by ${quoteName(score)}) + (count(*) over (partition by ${quoteName(score)}) - 1) / 2.0 as place
    from this where ${judged}`;
  return {
    ...rates,
    log_loss: `avg(case when ${judged} then -ln(case when ${is(actual)} then ${share} else 1 - ${share} end) end)`,
    auc: `max((select (sum(case when yes then place end) - count(case when yes then 1 end) * (count(case when yes then 1 end) + 1) / 2.0)
      / nullif(count(case when yes then 1 end) * count(case when not yes then 1 end), 0) from (${ranked})))`,
  };
}

/**
 * Of each query, by descending prediction: the discounted gain 2^relevance - 1 of the first `k` against the best there
 * could be (Burges et al. 2005), and one over the place of the first relevant answer; as means over queries.
 */
function ranking(
  prediction: string,
  actual: string,
  { group, k = 10 }: Extract<Accuracy, { task: "ranking" }>,
): Expressions {
  const name = quoteName(group);
  const gain = `(2 ** cast(${actual} as double) - 1)`;
  const placed = `select ${name} as query, ${gain} as gain, ${actual} as relevance,
      row_number() over (partition by ${name} order by ${prediction} desc, ${actual}) as place,
      row_number() over (partition by ${name} order by ${actual} desc) as best
    from this where ${name} is not null and ${prediction} is not null and ${actual} is not null`;
  const gained = (place: string): string =>
    `sum(case when ${place} <= ${Math.trunc(k)} then gain / log2(${place} + 1) end)`;
  return {
    ndcg: `max((select avg(got / nullif(ideal, 0)) from (select ${gained("place")} as got, ${gained("best")} as ideal from (${placed}) group by query)))`,
    mrr: `max((select avg(coalesce(1.0 / first, 0)) from (select min(case when relevance > 0 then place end) as first from (${placed}) group by query)))`,
  };
}
