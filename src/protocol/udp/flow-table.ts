// The flows of one association: found by the header that the client puts in front of its datagrams, and in the order in which
// they have last moved, so that the longest silent one can give way. It sends nothing and has no clock.
import { HashIndex } from './hash-index.js';
import { ADDRESS_AT } from './header.js';

/** What is found: all fields but the header are the table's. */
export abstract class Tabled {
  /** As the client writes it, of which each spelling of a name is one of its own. */
  readonly header: Uint8Array;
  readonly hash: number;
  /** The neighbours in the order of moving. */
  newer: Tabled | undefined;
  older: Tabled | undefined;

  constructor(header: Uint8Array) {
    this.header = header;
    this.hash = hashOfHeader(header, 0, header.length);
  }
}

/** FNV-1a of the address and the port. */
export function hashOfHeader(bytes: Uint8Array, start: number, size: number): number {
  let hash = 0x811c9dc5 | 0;
  const end = start + size;
  for (let at = start + ADDRESS_AT; at < end; at += 1) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash;
}

/** Whether `header` stands at `start`. From behind, where two addresses are the most likely to differ. */
export function hasHeader(header: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = header.length - 1; i >= 0; i -= 1) if (bytes[start + i] !== header[i]) return false;
  return true;
}

export class FlowTable<Flow extends Tabled> {
  readonly #index: HashIndex<Flow>;
  #newest: Flow | undefined;
  #oldest: Flow | undefined;

  /** `seed`: a random integer. */
  constructor(seed: number) {
    this.#index = new HashIndex(seed);
  }

  get size(): number {
    return this.#index.size;
  }

  /** That has been silent for the longest time. */
  get oldest(): Flow | undefined {
    return this.#oldest;
  }

  /** The flow of the header of `size` bytes at `start`. */
  find(bytes: Uint8Array, start: number, size: number): Flow | undefined {
    const newest = this.#newest;
    if (newest?.header.length === size && hasHeader(newest.header, bytes, start)) return newest;
    const hash = hashOfHeader(bytes, start, size);
    const index = this.#index;
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      const flow = index.at(place);
      if (flow.header.length === size && hasHeader(flow.header, bytes, start)) return flow;
    }
    return undefined;
  }

  /** As the newest. There is none of its header yet. */
  add(flow: Flow): void {
    this.#index.add(flow.hash, flow);
    this.#link(flow);
  }

  /** It has moved. */
  moved(flow: Flow): void {
    if (flow === this.#newest) return;
    this.#unlink(flow);
    this.#link(flow);
  }

  remove(flow: Flow): void {
    if (this.#index.remove(flow.hash, flow)) this.#unlink(flow);
  }

  /** All flows, the longest silent one first. */
  all(): Flow[] {
    const flows: Flow[] = [];
    for (let flow = this.#oldest; flow !== undefined; flow = flow.newer as Flow | undefined) flows.push(flow);
    return flows;
  }

  #link(flow: Flow): void {
    flow.older = this.#newest;
    flow.newer = undefined;
    if (this.#newest === undefined) this.#oldest = flow;
    else this.#newest.newer = flow;
    this.#newest = flow;
  }

  #unlink(flow: Flow): void {
    const { newer, older } = flow;
    if (newer === undefined) this.#newest = older as Flow | undefined;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer as Flow | undefined;
    else older.newer = newer;
    flow.newer = undefined;
    flow.older = undefined;
  }
}
