// What an operator must hear of although it happens over and over: a notice has a topic, and of each topic the first one
// is said at once and then at most one in a while, with how many were left out. Pure: it writes nothing.

/** A log record with a topic. */
export interface Notice {
  /** What is alike; from a bounded set: kinds, lines, servers. */
  readonly topic: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Of a state that comes and goes: whether this one is the good one. Undefined for an event. */
  readonly good?: boolean;
  /** Earlier ones that it stands for too. */
  readonly left_out?: number;
}

/** Topics that are kept; further ones are never due. */
const TOPICS_MAX = 4096;

interface Topic {
  due: number;
  left_out: number;
}

export class Repeats {
  readonly #every_ms: number;
  readonly #topics = new Map<string, Topic>();

  constructor(every_ms: number) {
    this.#every_ms = every_ms;
  }

  /** Undefined if the topic is not due, which counts; else how many have been left out since it last was. `more` is added. */
  due(topic: string, now: number, more = 0): number | undefined {
    const known = this.#topics.get(topic);
    if (known === undefined) {
      if (this.#topics.size >= TOPICS_MAX) return undefined;
      this.#topics.set(topic, { due: now + this.#every_ms, left_out: 0 });
      return more;
    }
    if (now < known.due) {
      known.left_out += 1 + more;
      return undefined;
    }
    const { left_out } = known;
    known.due = now + this.#every_ms;
    known.left_out = 0;
    return left_out + more;
  }
}
