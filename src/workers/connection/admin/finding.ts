// Finds connections, or flows, and closes those that an operator wants closed: in pieces, so that a turn is short. It makes no
// records; who asked reads those of the few that it wants.
import { comparing, FirstPlaces, type SortKey } from '../../../protocol/connections/order.js';
import type { Closed, ClosedPiece, FoundPiece, OwnId, Sought } from '../../../threads/contracts/admin/found.js';
import type { Underway } from '../records/underway.js';
import type { Matches } from './matching.js';

/** Those that are looked at for one answer, which takes about a millisecond. */
const PIECE = 2048;
/** Those that are closed for one answer: each is some system calls. */
const CLOSE_MAX = 128;
/** Above all times in ms since 1970: of those that live, the one that was opened first has lasted longest. */
const TIME_END = 2 ** 43;

/** What is on record, each by its slot. */
export interface FoundRecords {
  readonly reader: FoundReader;
  /** What closes it; undefined for what has ended. */
  underway(slot: number): Pick<Underway, 'cut' | 'closeByOperator'> | undefined;
}

interface FoundReader {
  /** Slots that have been used are below this. */
  readonly end: number;
  has(slot: number, which: Sought['which']): boolean;
  isOf(slot: number, serial: number): boolean;
  serialOf(slot: number): number;
  bytes(slot: number, way: 'up' | 'down'): number;
  openedAt(slot: number): number;
  endedAt(slot: number): number;
}

export class Finding<Filter> {
  readonly #actor: number;
  readonly #records: FoundRecords;
  readonly #matching: (filter: Filter) => Matches;

  constructor(actor: number, records: FoundRecords, matching: (filter: Filter) => Matches) {
    this.#actor = actor;
    this.#records = records;
    this.#matching = matching;
  }

  find({ which, filter, order, after, most }: Sought<Filter>, from: number): FoundPiece {
    const { reader } = this.#records;
    const compare = comparing(order);
    const first = new FirstPlaces(compare, most);
    const isMeant = this.#matching(filter);
    const end = Math.min(reader.end, from + PIECE);
    let matched = 0;
    for (let slot = from; slot < end; slot += 1) {
      if (!reader.has(slot, which) || !isMeant(slot)) continue;
      matched += 1;
      const place = {
        actor: this.#actor,
        slot,
        serial: reader.serialOf(slot),
        key: this.#keyOf(slot, which, order.by),
      };
      if (after === undefined || compare(place, after) > 0) first.add(place);
    }
    return { places: first.list, matched, next: end < reader.end ? end : undefined };
  }

  #keyOf(slot: number, which: Sought['which'], by: SortKey): number {
    const { reader } = this.#records;
    switch (by) {
      case 'opened_at':
        return reader.openedAt(slot);
      case 'ended_at':
        return which === 'ended' ? reader.endedAt(slot) : TIME_END;
      case 'bytes_up':
        return reader.bytes(slot, 'up');
      case 'bytes_down':
        return reader.bytes(slot, 'down');
      case 'duration_ms':
        return (which === 'ended' ? reader.endedAt(slot) : TIME_END) - reader.openedAt(slot);
    }
    return by satisfies never;
  }

  close({ slot, serial }: OwnId): Closed {
    const { reader } = this.#records;
    if (!reader.isOf(slot, serial) || !reader.has(slot, 'live')) return 'unknown';
    return this.#close(slot) ? 'closed' : 'ending';
  }

  closeAll(filter: Filter, from: number): ClosedPiece {
    const { reader } = this.#records;
    const isMeant = this.#matching(filter);
    const end = Math.min(reader.end, from + PIECE);
    let closed = 0;
    for (let slot = from; slot < end; slot += 1) {
      if (!reader.has(slot, 'live') || !isMeant(slot) || !this.#close(slot)) continue;
      closed += 1;
      if (closed === CLOSE_MAX) return { closed, next: slot + 1 };
    }
    return { closed, next: end < reader.end ? end : undefined };
  }

  #close(slot: number): boolean {
    const underway = this.#records.underway(slot);
    if (underway?.cut === undefined) return underway?.closeByOperator?.() === true;
    underway.cut('closed-by-operator');
    return true;
  }
}
