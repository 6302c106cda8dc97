// How long a connection may be quiet, and how its peers are probed meanwhile: what a rule or a listener says of that, and what
// then applies to a connection. It sets no socket option and no deadline. Pure.

/** Probes of the kernel (TCP keepalive). Each number is at least 1. */
export interface KeepAlive {
  /** Silence of a peer before the first probe. */
  readonly idle_s: number;
  /** Between probes that are not answered. */
  readonly interval_s: number;
  /** As many without an answer end the connection. */
  readonly probes: number;
}

/** What one place says; a key that is absent leaves it to the next place. */
export interface QuietKeys {
  /** False: no probes. */
  readonly keepalive?: KeepAlive | false;
  /** 0 is never. */
  readonly idle_timeout_ms?: number;
}

/** What applies to connections. Thousands of them share one. */
export interface Quiet {
  readonly keepalive: KeepAlive | false;
  /** Infinity is never. */
  readonly idle_timeout_ms: number;
}

const PROBES_USUAL = 9;

/** The interval and the probes where only the silence is given. */
export function keepAliveAfter(idle_s: number): KeepAlive {
  return { idle_s, interval_s: Math.ceil(idle_s / 3), probes: PROBES_USUAL };
}

/** What applies where no rule and no listener says anything. */
export function usualQuiet(options: { readonly tcp_keepalive_s: number; readonly idle_timeout_ms: number }): Quiet {
  const { tcp_keepalive_s, idle_timeout_ms } = options;
  return {
    keepalive: tcp_keepalive_s > 0 && keepAliveAfter(tcp_keepalive_s),
    idle_timeout_ms: timeoutOf(idle_timeout_ms),
  };
}

/** What applies where `keys` go before `others`. */
export function quietUnder({ keepalive, idle_timeout_ms }: QuietKeys, others: Quiet): Quiet {
  return {
    keepalive: keepalive ?? others.keepalive,
    idle_timeout_ms: idle_timeout_ms === undefined ? others.idle_timeout_ms : timeoutOf(idle_timeout_ms),
  };
}

const timeoutOf = (idle_timeout_ms: number): number =>
  idle_timeout_ms === 0 ? Number.POSITIVE_INFINITY : idle_timeout_ms;

/** What applies at one listener: one object for all connections that no rule says anything of, and one for each ruling. */
export class QuietAt {
  readonly usual: Quiet;
  /** By what a ruling says. A list of rules that is replaced takes its own along. */
  readonly #ruled = new WeakMap<QuietKeys, Quiet>();

  /** `keys`: what the listener says. */
  constructor(keys: QuietKeys | undefined, others: Quiet) {
    this.usual = keys === undefined ? others : quietUnder(keys, others);
  }

  /** `keys`: what the rule of a connection says. */
  under(keys: QuietKeys | undefined): Quiet {
    if (keys === undefined) return this.usual;
    const known = this.#ruled.get(keys);
    if (known !== undefined) return known;
    const quiet = quietUnder(keys, this.usual);
    this.#ruled.set(keys, quiet);
    return quiet;
  }
}
