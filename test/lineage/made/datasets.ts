/** The datasets that made-up queries are about: common names, odd names, every kind of value. */
import { shape, type TableShape } from "../tables.ts";

export const datasets: readonly TableShape[] = [
  shape(
    "raw.orders",
    "id BIGINT, customer BIGINT, amount DECIMAL(9,2), status VARCHAR, placed DATE, seen TIMESTAMP, paid BOOLEAN",
  ),
  shape(
    "raw.customers",
    "customer BIGINT, name VARCHAR, region VARCHAR, born DATE, score DOUBLE, tags VARCHAR[]",
  ),
  shape(
    "raw.events",
    "seen TIMESTAMP, kind VARCHAR, numbers BIGINT[], body STRUCT(a BIGINT, b VARCHAR), weight DOUBLE",
  ),
  shape("raw.edges", "src BIGINT, dst BIGINT, label VARCHAR, cost DOUBLE"),
  shape('odd.we ird "name"', '"Id" BIGINT, "select" VARCHAR, "a b" DOUBLE, "日本" DATE, "q""uote" BOOLEAN'),
  shape("raw.narrow", "customer BIGINT, label VARCHAR"),
];
