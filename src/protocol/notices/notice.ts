// A log record about what happens repeatedly and an operator must know. repeats.ts decides when one is due.

/** A log record with a topic. */
export interface Notice {
  /** Notices with one topic count as alike. Topics are from a bounded set: kinds, lines, servers. */
  readonly topic: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** For a state that comes and goes: whether it is the good state. Undefined for an event. */
  readonly good?: boolean;
  /** Of a state: how often each of the two may be logged in an interval; 1 unless given. For few things, whose every change is of use. */
  readonly burst?: number;
  /** For a good state: what it was the state of is there no more. What comes next under the topic is of another one. */
  readonly ends?: boolean;
  /**
   * For a topic about one of many, such as a client or a user: the name of all such topics together. Their lines have a bound
   * together, since anybody may come from anywhere.
   */
  readonly crowd?: string;
  /** The number of earlier notices that this one stands for too. */
  readonly left_out?: number;
}
