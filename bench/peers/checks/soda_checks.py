"""The checks of workload (d) as a contract of Soda, over a view of DuckDB.

Usage: soda_checks.py <description.json>. Told: the time of the verification and, check by check, 0 for passed.
"""

import json
import logging
import sys
import time

from soda_core.contracts import verify_contract_locally


def main(path):
    logging.disable(logging.CRITICAL)
    with open(path, encoding="utf8") as file:
        described = json.load(file)
    started = time.perf_counter()
    found = verify_contract_locally(
        data_source_file_path=described["source"], contract_file_path=described["contract"]
    )
    milliseconds = (time.perf_counter() - started) * 1000
    if found.has_errors:
        raise RuntimeError(found.get_errors_str())
    facts = {}
    for contract in found.contract_verification_results:
        for one in contract.check_results:
            facts[one.check.name] = 0 if one.is_passed else 1
    print(json.dumps({"milliseconds": [milliseconds], "facts": facts}))


main(sys.argv[1])
