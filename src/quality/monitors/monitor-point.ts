import type { DatasetId } from "../../graph/graph.ts";
import type { MeasuredPoint } from "./judge-release.ts";
import type { Feedback } from "./judge-series.ts";
import type { CheckResult } from "../verdict.ts";

/** What monitors measured of a dataset that a release moved. */
export interface PublishedMeasures extends Omit<MeasuredPoint, "release" | "at" | "feedback" | "alarms"> {
  /** By the name with which the dataset's history began. */
  readonly dataset: DatasetId;
  readonly version: string;
  /** What the monitors found. */
  readonly findings: readonly CheckResult[];
}

/** The same, as the history of an environment has it. */
export interface MonitorPoint extends PublishedMeasures, Omit<MeasuredPoint, "feedback"> {
  readonly feedback?: Feedback;
}

/** What somebody said of a version in an environment: that its monitors should have expected it, or that it was really wrong. */
export interface MonitorFeedback {
  readonly environment: string;
  /** By the name with which the dataset's history began. */
  readonly dataset: DatasetId;
  readonly version: string;
  readonly feedback: Feedback;
  readonly at: string;
  readonly who: string;
  readonly why: string;
}
