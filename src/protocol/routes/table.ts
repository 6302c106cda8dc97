// The memories of destinations: at most `entries_max`, each until `ttl_ms` after its last event; the least recently used is
// dropped first. Pure: the time is an argument, in ms of any one clock.
import { DestinationMemory } from './destination-memory.js';

/**
 * An entry is moved in the order of use at most this often. A Map keeps a hole for each deletion: deleting and setting an
 * entry for every connection makes the chain of its hash so long that a lookup takes 10 µs.
 */
const REORDER_MS = 1000;

export class RouteTable {
  /** In the order of use, accurate to `reorder_ms`; the least recently used first. */
  readonly #kept = new Map<string, DestinationMemory>();
  #entries_max: number;
  #ttl_ms: number;
  readonly #reorder_ms: number;

  constructor(entries_max: number, ttl_ms: number, reorder_ms = REORDER_MS) {
    this.#entries_max = entries_max;
    this.#ttl_ms = ttl_ms;
    this.#reorder_ms = reorder_ms;
  }

  /** Other bounds. Of too many memories the least recently used are dropped. */
  setBounds(entries_max: number, ttl_ms: number): void {
    this.#entries_max = entries_max;
    this.#ttl_ms = ttl_ms;
    while (this.#kept.size > entries_max) this.#evict();
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The memory of a destination, which counts as a use; undefined if there is none, or it is over. */
  get(destination: string, now: number): DestinationMemory | undefined {
    const kept = this.#kept.get(destination);
    if (kept === undefined) return undefined;
    const isOver = now - kept.touched >= this.#ttl_ms;
    if (!isOver && now - kept.placed < this.#reorder_ms) return kept;
    this.#kept.delete(destination);
    if (isOver) return undefined;
    kept.placed = now;
    this.#kept.set(destination, kept);
    return kept;
  }

  /** The same without counting as a use. */
  peek(destination: string, now: number): DestinationMemory | undefined {
    const kept = this.#kept.get(destination);
    return kept === undefined || now - kept.touched >= this.#ttl_ms ? undefined : kept;
  }

  /** The memory of a destination, or a new empty one, which is kept. */
  open(destination: string, now: number): DestinationMemory {
    const known = this.get(destination, now);
    if (known !== undefined) return known;
    const memory = new DestinationMemory();
    memory.placed = now;
    this.put(destination, memory);
    return memory;
  }

  /** Keeps a memory as the most recently used; drops the least recently used one if the table is full. */
  put(destination: string, memory: DestinationMemory): void {
    this.#kept.delete(destination);
    if (this.#kept.size >= this.#entries_max) this.#evict();
    this.#kept.set(destination, memory);
  }

  /** Returns whether there was anything to forget. */
  forget(destination: string): boolean {
    return this.#kept.delete(destination);
  }

  /** The memories that still hold, the least recently used first. Changes nothing. */
  *entries(now: number): Generator<readonly [destination: string, memory: DestinationMemory]> {
    for (const entry of this.#kept) if (now - entry[1].touched < this.#ttl_ms) yield entry;
  }

  #evict(): void {
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
