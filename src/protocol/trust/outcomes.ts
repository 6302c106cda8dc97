// Turns connection outcomes into suspicion: an address whose connections always reset or fail TLS, while the same name works
// at another address or through a proxy, is suspect for that name. Pure: the time is an argument. Evidence is kept by
// blacklist.ts.

/** What one connection by name came to, once it was known whether its destination speaks. */
export interface Observation {
  /** Normalised name that the client asked for. */
  readonly name: string;
  /** Canonical address of the destination; undefined where a proxy resolved the name. */
  readonly address: string | undefined;
  /**
   * `tls`: the destination answered a ClientHello with a handshake. `plain`: it sent other bytes. `failed`: it reset the
   * connection before its first byte, or sent an alert or the end of the stream instead of a TLS answer.
   */
  readonly result: 'tls' | 'plain' | 'failed';
}

export interface OutcomeRules {
  /** Failures in a row, without a success, before an address is suspect. */
  readonly failures_min: number;
  /** Observations that are older do not count. */
  readonly window_ms: number;
  readonly names_max: number;
}

export interface OutcomeVerdict {
  /** Addresses that only fail, while the name works elsewhere. */
  readonly suspect: readonly string[];
  /** The address, if it works for the name: `outcome` evidence against it is void. */
  readonly works: string | undefined;
}

/** Addresses of one name; the rotation of a big site fits in. */
const ADDRESSES_MAX = 16;
/** In place of the address when a proxy has resolved the name. */
const ELSEWHERE = '';

interface Tally {
  failures: number;
  /** The times at which it last worked, last answered TLS, and last failed. */
  worked: number;
  tls: number;
  failed: number;
}

export class ConnectionOutcomes {
  readonly #rules: OutcomeRules;
  /** By name and address; the name observed longest ago is first. */
  readonly #names = new Map<string, Map<string, Tally>>();

  constructor(rules: OutcomeRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#names.size;
  }

  /** Notes an observation, and says what follows for the addresses of its name. `now` in ms. */
  observe({ name, address, result }: Observation, now: number): OutcomeVerdict {
    const tallies = this.#talliesOf(name, now);
    const tally = this.#tallyOf(tallies, address ?? ELSEWHERE);
    if (result === 'failed') {
      tally.failures += 1;
      tally.failed = now;
    } else {
      tally.failures = 0;
      tally.worked = now;
      if (result === 'tls') tally.tls = now;
    }
    return { suspect: this.#suspects(tallies, now), works: result === 'failed' ? undefined : address };
  }

  /** Whether the address has answered TLS for the name within the window, and has not failed since. */
  answersTls(name: string, address: string, now: number): boolean {
    const tally = this.#names.get(name)?.get(address);
    return tally !== undefined && tally.failures === 0 && now - tally.tls < this.#rules.window_ms;
  }

  /** Addresses that only fail, if the name has worked elsewhere within the window. */
  #suspects(tallies: ReadonlyMap<string, Tally>, now: number): string[] {
    const since = now - this.#rules.window_ms;
    const works = [...tallies.values()].some(({ worked }) => worked > since);
    if (!works) return [];
    return [...tallies]
      .filter(([address, { failures, worked }]) => {
        return address !== ELSEWHERE && failures >= this.#rules.failures_min && worked <= since;
      })
      .map(([address]) => address);
  }

  #talliesOf(name: string, now: number): Map<string, Tally> {
    const tallies = this.#names.get(name) ?? new Map<string, Tally>();
    const since = now - this.#rules.window_ms;
    for (const [address, { worked, failed }] of tallies) if (Math.max(worked, failed) <= since) tallies.delete(address);
    this.#names.delete(name);
    this.#names.set(name, tallies);
    if (this.#names.size > this.#rules.names_max) this.#names.delete(this.#names.keys().next().value as string);
    return tallies;
  }

  #tallyOf(tallies: Map<string, Tally>, address: string): Tally {
    const tally = tallies.get(address) ?? {
      failures: 0,
      worked: Number.NEGATIVE_INFINITY,
      tls: Number.NEGATIVE_INFINITY,
      failed: Number.NEGATIVE_INFINITY,
    };
    tallies.delete(address);
    tallies.set(address, tally);
    if (tallies.size > ADDRESSES_MAX) tallies.delete(tallies.keys().next().value as string);
    return tally;
  }
}
