import { engineBuildCases } from "./engine-build-cases.ts";
import { engineCompareCases } from "./engine-compare-cases.ts";
import { engineGateCases } from "./engine-gate-cases.ts";
import { engineIntervalCases } from "./engine-interval-cases.ts";
import { engineQueryCases } from "./engine-query-cases.ts";
import { engineSampleCases } from "./engine-sample-cases.ts";
import { engineUpsertCases } from "./engine-upsert-cases.ts";
import type { EngineCase } from "./engine-subject.ts";
import { engineViewCases } from "./engine-view-cases.ts";

/** What every engine has to do: read through contracts, build and answer, see through views, and keep people's SQL where it belongs. */
export const engineConformance: readonly EngineCase[] = [
  ...engineGateCases,
  ...engineBuildCases,
  ...engineCompareCases,
  ...engineIntervalCases,
  ...engineUpsertCases,
  ...engineSampleCases,
  ...engineQueryCases,
  ...engineViewCases,
];
