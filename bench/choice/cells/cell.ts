// What a cell gives to the report: a table, and what broke a promise. Types only.
export interface Table {
  readonly title: string;
  /** Sentences above the table: what was done, and what cannot be configured where. */
  readonly notes: readonly string[];
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Outcome {
  readonly table: Table;
  /** A line for each promise that the gateway broke. */
  readonly broken: readonly string[];
}

/** `told` shows what is under way. */
export type Cell = (options: CellOptions, told: (what: string) => void) => Promise<Outcome>;

export interface CellOptions {
  /** Shorter, and only what does not depend on time is asserted. */
  readonly quick: boolean;
  /** The gateway without the other programs. */
  readonly alone: boolean;
}
