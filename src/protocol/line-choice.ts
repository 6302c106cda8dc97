// Which lines a connection may use.

export interface LineChoice {
  /** Indices into `Options.lines`, as configured. */
  readonly lines: readonly number[];
  /** Whether a client stays on one line for a destination for as long as it works there. */
  readonly sticky: boolean;
}
