// In which order connections are listed, and the place of one in it: where a page ends and the next one begins. It is the same
// in every actor, so that their lists can be merged. Pure.
import type { ConnectionId } from './connection-id.js';

export const SORT_KEYS = ['opened_at', 'ended_at', 'bytes_up', 'bytes_down', 'duration_ms'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Order {
  readonly by: SortKey;
  readonly descending: boolean;
}

/** Where a connection stands. `key`: its value of what the list is sorted by, a whole number. */
export interface Place extends ConnectionId {
  readonly key: number;
}

export type Compare = (one: Place, other: Place) => number;

/** Of the same key, those of an actor stand together, in the order in which they were opened. */
export function comparing({ descending }: Order): Compare {
  const ascending: Compare = (one, other) =>
    one.key - other.key || one.actor - other.actor || one.serial - other.serial;
  return descending ? (one, other) => ascending(other, one) : ascending;
}

/** The first of many places: as many as are wanted, without keeping or sorting the others. */
export class FirstPlaces {
  readonly #compare: Compare;
  readonly #most: number;
  readonly #list: Place[] = [];

  constructor(compare: Compare, most: number) {
    this.#compare = compare;
    this.#most = most;
  }

  add(one: Place): void {
    const list = this.#list;
    if (list.length === this.#most && (this.#most === 0 || this.#compare(one, list[this.#most - 1]) >= 0)) return;
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(list[middle], one) <= 0) low = middle + 1;
      else high = middle;
    }
    list.splice(low, 0, one);
    if (list.length > this.#most) list.pop();
  }

  /** In their order. */
  get list(): readonly Place[] {
    return this.#list;
  }
}

const RADIX = 36;
const CURSOR = /^([a-z_]{1,16})\.(asc|desc)\.([0-9a-z]{1,11})\.([0-9a-z]{1,4})\.([0-9a-z]{1,11})$/;

/** A place as text, for who asks for what is behind it. */
export function formatCursor({ by, descending }: Order, { key, actor, serial }: Place): string {
  const numbers = [key, actor, serial].map((number) => number.toString(RADIX));
  return [by, descending ? 'desc' : 'asc', ...numbers].join('.');
}

/** Undefined for a text that is none, or of another order. */
export function parseCursor({ by, descending }: Order, text: string): Place | undefined {
  const [, ofKey, direction, ...digits] = CURSOR.exec(text) ?? [];
  if (ofKey !== by || direction !== (descending ? 'desc' : 'asc')) return undefined;
  const [key, actor, serial] = digits.map((one) => Number.parseInt(one, RADIX));
  return [key, actor, serial].every(Number.isSafeInteger) ? { key, actor, serial, slot: 0 } : undefined;
}
