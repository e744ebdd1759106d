"""The checks of workload (d) as a suite of Great Expectations, over a view of DuckDB.

Usage: great_expectations_checks.py <description.json>. Told: the time of the validation and, check by check, 0 for passed.
"""

import contextlib
import json
import sys
import time

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.execution_engine import SqlAlchemyExecutionEngine


@contextlib.contextmanager
def one_connection(self):
    """Rows are fetched after the connection was given back, when this engine has forgotten them: it keeps one."""
    if not self._connection:
        self._connection = self.engine.connect()
    yield self._connection


SqlAlchemyExecutionEngine.get_connection = one_connection


def expectation(check):
    """One check in the words of the catalogue; what has none there is a query of rows that must not be."""
    kind, meta = check["check"], {"id": check["id"]}
    column = check.get("column")
    limits = {"min_value": check.get("min"), "max_value": check.get("max")}
    if kind == "row_count":
        return gxe.ExpectTableRowCountToBeBetween(min_value=check["min"], meta=meta)
    if kind == "duplicate_values":
        return gxe.ExpectColumnValuesToBeUnique(column=check["columns"][0], meta=meta)
    if kind == "null_values":
        return gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
    if kind == "value_range":
        return gxe.ExpectColumnValuesToBeBetween(column=column, meta=meta, **limits)
    if kind == "length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, meta=meta, **limits)
    if kind == "invalid_values" and "values" in check:
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=check["values"], meta=meta)
    # Patterns it asks of some engines only, and this is none of them.
    condition = check["offends"].replace("{", "{{").replace("}", "}}")
    query = f"select * from {{batch}} where {condition}"
    return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, meta=meta)


def main(path):
    with open(path, encoding="utf8") as file:
        described = json.load(file)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql("engine", connection_string=f"duckdb:///{described['database']}")
    batch = source.add_table_asset("lines", table_name="lines").add_batch_definition_whole_table("all")
    suite = context.suites.add(gx.ExpectationSuite(name="checks"))
    suite.expectations = [expectation(check) for check in described["checks"]]
    suite.save()
    validation = context.validation_definitions.add(
        gx.ValidationDefinition(name="checks", data=batch, suite=suite)
    )
    started = time.perf_counter()
    found = validation.run(result_format="BOOLEAN_ONLY")
    milliseconds = (time.perf_counter() - started) * 1000
    facts = {}
    for one in found.results:
        if '"raised_exception": true' in json.dumps(one.exception_info, default=str):
            raise RuntimeError(f"{one.expectation_config.meta['id']}: {one.exception_info}")
        facts[one.expectation_config.meta["id"]] = 0 if one.success else 1
    print(json.dumps({"milliseconds": [milliseconds], "facts": facts}))


main(sys.argv[1])
