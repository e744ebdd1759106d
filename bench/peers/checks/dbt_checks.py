"""The checks of workload (d) as tests of dbt, over an external source of DuckDB.

Usage: dbt_checks.py <description.json>. Told: the time of `dbt test` and, check by check, 0 for passed.
"""

import json
import sys
import time

from dbt.cli.main import dbtRunner


def main(path):
    with open(path, encoding="utf8") as file:
        described = json.load(file)
    place = ["--project-dir", described["project"], "--profiles-dir", described["project"]]
    runner = dbtRunner()
    # The project is parsed before, as it is by whoever runs the tests again and again.
    parsed = runner.invoke(["--quiet", "parse", *place])
    if not parsed.success:
        raise RuntimeError(str(parsed.exception))
    started = time.perf_counter()
    found = dbtRunner(manifest=parsed.result).invoke(["--quiet", "test", *place])
    milliseconds = (time.perf_counter() - started) * 1000
    if found.exception is not None:
        raise RuntimeError(str(found.exception))
    facts = {}
    for one in found.result:
        if str(one.status) not in ("pass", "fail"):
            raise RuntimeError(f"{one.node.name}: {one.status} {one.message}")
        facts[one.node.meta.get("id") or one.node.config.meta["id"]] = 0 if str(one.status) == "pass" else 1
    print(json.dumps({"milliseconds": [milliseconds], "facts": facts}))


main(sys.argv[1])
