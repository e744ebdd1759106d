/** What a monitor does: nothing, report, or keep the candidate from being published. */
export type MonitorSetting = "off" | "warn" | "stop";

/** What can be monitored of a column. */
export interface ColumnMonitors {
  /** The share of rows without a value. */
  readonly nulls?: MonitorSetting;
  /** Of a source's column with coded blanks: the share of records that came with one. */
  readonly blanks?: MonitorSetting;
  /** How many different values there are. */
  readonly distinct?: MonitorSetting;
  /** The share of the most frequent value. */
  readonly top?: MonitorSetting;
  readonly mean?: MonitorSetting;
  readonly deviation?: MonitorSetting;
  /** The values below which 5 %, half and 95 % of all lie. */
  readonly low?: MonitorSetting;
  readonly median?: MonitorSetting;
  readonly high?: MonitorSetting;
  /** Of times: how long before the release the newest lies. */
  readonly age?: MonitorSetting;
  /** How far the distribution has moved from that of the release before. */
  readonly drift?: MonitorSetting;
}

/**
 * What the monitors of a dataset do; each warns unless it is said otherwise here. A word is for all of them; a measure is
 * for the dataset, or every column; `columns` is for one column, as a word or measure by measure.
 */
export type MonitorSettings =
  | MonitorSetting
  | (ColumnMonitors & {
      /** The number of rows. */
      readonly volume?: MonitorSetting;
      /** Names and types of columns that change though the definition did not. */
      readonly schema?: MonitorSetting;
      readonly columns?: Readonly<Record<string, MonitorSetting | ColumnMonitors>>;
    });
