// Gives listeners the numbers by which clients in queues, rules and records know them. A place keeps its number, also while no
// listener is there. Another place gets one that was never given; when there are none left, that of a place that went long ago
// and of which no connection is left. Pure.
import { formatIp, parseIp } from './address/address.js';
import { LISTENERS_MAX, type ListenPlace } from './listen-options.js';

/**
 * By what each of the places of one configuration is known. Those that leave their port to the kernel are told apart by their
 * order on one address.
 */
export function identitiesOf(places: readonly ListenPlace[]): readonly string[] {
  const unnamed = new Map<string, number>();
  return places.map((place) => {
    if (place.kind === 'unix') return `unix:${place.path}`;
    const ip = parseIp(place.host);
    const host = ip === undefined ? place.host : formatIp(ip);
    if (place.port !== 0) return `${host} ${place.port}`;
    const before = unnamed.get(host) ?? 0;
    unnamed.set(host, before + 1);
    return `${host} 0 ${before}`;
  });
}

export interface Given {
  /** Of the places asked for, in their order. */
  readonly numbers: readonly number[];
  /** What is known then. */
  readonly next: ListenerNumbers;
}

export class ListenerNumbers {
  /** By identity: first those of places without a listener, the ones that went first before the others. */
  readonly #known: ReadonlyMap<string, number>;

  constructor(known: ReadonlyMap<string, number> = new Map()) {
    this.#known = known;
  }

  /**
   * Numbers for the places of a configuration. Undefined where there are too few. `inUse`: those that connections still have;
   * without it only numbers that were never given are free.
   */
  give(identities: readonly string[], inUse?: ReadonlySet<number>): Given | undefined {
    const gone = [...this.#known].filter(([identity]) => !identities.includes(identity));
    const taken = new Set(this.#known.values());
    const fresh = Array.from({ length: LISTENERS_MAX }, (_, number) => number).filter((number) => !taken.has(number));
    const reusable = inUse === undefined ? [] : gone.filter(([, number]) => !inUse.has(number));
    const reused = new Set<string>();
    const given = new Map<string, number>();
    for (const identity of identities) {
      let number = this.#known.get(identity) ?? fresh.shift();
      if (number === undefined) {
        const other = reusable.shift();
        if (other === undefined) return undefined;
        reused.add(other[0]);
        number = other[1];
      }
      given.set(identity, number);
    }
    const kept = gone.filter(([identity]) => !reused.has(identity));
    return { numbers: [...given.values()], next: new ListenerNumbers(new Map([...kept, ...given])) };
  }
}
