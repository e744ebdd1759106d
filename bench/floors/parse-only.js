/**
 * The floor of compiling: start Node, look at all files, and let the bare engine parse the queries, all at once with
 * all threads. Nothing is bound, nothing kept. Usage: node parse-only.js <directory> [file...]; without files all
 * models of the project are parsed.
 */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { walk } from "./walk.js";

const [directory, ...files] = process.argv.slice(2);
walk(directory);
const text = (value) => `'${value.replaceAll("'", "''")}'`;
const paths =
  files.length > 0 ? files.map((file) => join(directory, file)) : [join(directory, "models/**/*.sql")];
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const reader = await connection.runAndReadAll(
  `select count(*) filter (not starts_with(tree, '{"error":true')) from (select json_serialize_sql(content) as tree from read_text([${paths.map(text).join(", ")}]))`,
);
console.log(String(reader.getRows()[0][0]));
