// What is remembered for each destination: at most so many, each for so long, the one used longest ago goes first. Pure:
// the time is an argument, in milliseconds of any one clock. It does not know what a route means.

interface Kept<Route> {
  readonly route: Route;
  readonly expires: number;
}

export class RouteTable<Route> {
  /** In the order of use, the one used longest ago first. */
  readonly #kept = new Map<string, Kept<Route>>();
  readonly #entries_max: number;
  readonly #ttl_ms: number;

  constructor(entries_max: number, ttl_ms: number) {
    this.#entries_max = entries_max;
    this.#ttl_ms = ttl_ms;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(destination: string, now: number): Route | undefined {
    const kept = this.#kept.get(destination);
    if (kept === undefined) return undefined;
    this.#kept.delete(destination);
    if (kept.expires <= now) return undefined;
    this.#kept.set(destination, kept);
    return kept.route;
  }

  set(destination: string, route: Route, now: number): void {
    this.#kept.delete(destination);
    if (this.#kept.size >= this.#entries_max) this.#evict();
    this.#kept.set(destination, { route, expires: now + this.#ttl_ms });
  }

  forget(destination: string): void {
    this.#kept.delete(destination);
  }

  /** What is remembered now, the one used longest ago first. Changes nothing. */
  *entries(now: number): Generator<readonly [destination: string, route: Route]> {
    for (const [destination, { route, expires }] of this.#kept) {
      if (expires > now) yield [destination, route];
    }
  }

  #evict(): void {
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
