// What `tcproute check --dial` says of one thing.

export interface Tried {
  readonly what: string;
  readonly works: boolean;
  /** In words. */
  readonly outcome: string;
}
