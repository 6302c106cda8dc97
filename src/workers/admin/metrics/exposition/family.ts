// What a family of metrics is: its name, its text, its labels, and how its values are read from what a scrape has gathered
// (../readings.ts). It knows no library and no format.

/** The times of one series of a histogram since the start. */
export interface TimesReading {
  /** How many were within each bound and above the one before; the last: above all bounds. */
  readonly buckets: readonly number[];
  readonly sum_ms: number;
}

/** Gives the value of the series with these labels, in the order of the family's label names. Once for each series. */
export type Put = (value: number, ...labels: readonly string[]) => void;
export type PutTimes = (times: TimesReading, ...labels: readonly string[]) => void;

interface Described {
  /** With its unit at the end, and `_total` behind that for a counter. */
  readonly name: string;
  readonly help: string;
  /** The names of its labels. Each has a bounded number of values. */
  readonly labels: readonly string[];
}

interface Values<Readings> extends Described {
  readonly kind: 'counter' | 'gauge';
  readonly read: (readings: Readings, put: Put) => void;
}

/** A histogram of times, which are shown in seconds. */
interface Times<Readings> extends Described {
  readonly kind: 'histogram';
  /** Upper bounds, growing, without infinity. */
  readonly bounds_ms: readonly number[];
  readonly read: (readings: Readings, put: PutTimes) => void;
}

export type Family<Readings> = Values<Readings> | Times<Readings>;
