// Takes the headers of the proxies off what has come from the first of them, one datagram at a time: two of one batch may be from
// different senders. One object serves all datagrams of a way.

import type { Memory } from '../../../../linux/memory.js';
import type { Batch, Sender } from '../../../../linux/udp/datagrams.js';
import { sizeAt } from '../../../../linux/udp/sizes.js';
import type { Drop } from '../../../../protocol/udp/drop.js';
import { FRAGMENT } from '../../../../protocol/udp/header.js';
import { type Nested, STRAY } from '../../../../protocol/udp/nested.js';

export class Unwrapped implements Batch {
  readonly count = 1;
  readonly #nested: Nested;
  memory: Memory;
  offset = 0;
  stride = 0;
  last = 0;
  ecn = 0;
  wasFragmented = false;

  constructor(nested: Nested, { memory }: Batch) {
    this.#nested = nested;
    this.memory = memory;
  }

  get from(): Readonly<Sender> {
    return this.#nested.from;
  }

  /** Becomes the datagram at a place of the batch; else it says why that is to be dropped. */
  take(batch: Batch, place: number): Drop | undefined {
    const { memory, count, stride, last } = batch;
    const start = batch.offset + place * stride;
    const size = sizeAt(place, count, stride, last);
    const head = this.#nested.unwrap(memory.bytes, start, start + size);
    if (head < 0) return head === FRAGMENT ? 'fragment' : head === STRAY ? 'stranger' : 'bad-header';
    this.memory = memory;
    this.offset = start + head;
    this.stride = size - head;
    this.last = size - head;
    this.ecn = batch.ecn;
    this.wasFragmented = batch.wasFragmented;
    return undefined;
  }
}
