import type { Grain } from "../define/materialization.ts";

/** How a model's content is kept, with everything settled that its definition may leave open. */
export type Materialized =
  | { readonly kind: "view" }
  | {
      readonly kind: "append";
      /** The input (`schema.name`) whose rows come and go; each row of the model is made from one of them. */
      readonly over: string;
    }
  | {
      readonly kind: "interval";
      /** The output column that tells to which interval a row belongs. */
      readonly by: string;
      readonly grain: Grain;
      /** By dataset: the time column of each input that is read by intervals; all others are read whole. */
      readonly times: Readonly<Record<string, string>>;
      /** How many intervals before its own an interval reads as well. */
      readonly lookback: number;
      /** Where the first interval begins, ISO 8601 in UTC. */
      readonly begin?: string;
    }
  | {
      readonly kind: "upsert";
      readonly over: string;
      readonly key: readonly string[];
      /** The row of a key with the greatest value stands. */
      readonly order: string;
      /** True where a row says that its key is gone. */
      readonly deleted?: string;
    };
