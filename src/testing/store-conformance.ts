import { collectCases } from "./store-collect-cases.ts";
import { historyCases } from "./store-history-cases.ts";
import { hookCases } from "./store-hook-cases.ts";
import { incidentCases } from "./store-incident-cases.ts";
import { keepCases } from "./store-keep-cases.ts";
import { leaseCases } from "./store-lease-cases.ts";
import { ledgerCases } from "./store-ledger-cases.ts";
import { monitorCases } from "./store-monitor-cases.ts";
import { processCases } from "./store-process-cases.ts";
import { recordCases } from "./store-record-cases.ts";
import { releaseCases } from "./store-release-cases.ts";
import { runCases } from "./store-run-cases.ts";
import type { StoreCase } from "./store-subject.ts";

/** What every store has to do, whatever it is kept in. */
export const storeConformance: readonly StoreCase[] = [
  ...leaseCases,
  ...recordCases,
  ...releaseCases,
  ...historyCases,
  ...runCases,
  ...collectCases,
  ...ledgerCases,
  ...keepCases,
  ...incidentCases,
  ...monitorCases,
  ...hookCases,
  ...processCases,
];
