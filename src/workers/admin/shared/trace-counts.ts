/** Traces of races since the start. */
export interface TraceCounts {
  /** Taken by the collector. */
  readonly sent: number;
  /** Made or due, and not taken by it. */
  readonly dropped: number;
}
