import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Measured, Transfer, type Way } from '../../../src/protocol/bulk/transfer.js';

const MIB = 1_048_576;

/** Moves `bytes` every `every_ms`, `times` times, from `from` on; returns all that is measured. */
class Moving {
  readonly measured: Measured[] = [];
  readonly #transfer: Transfer;
  #bytes = 0;
  #now: number;

  constructor(way: Way, now = 1000) {
    this.#now = now;
    this.#transfer = new Transfer(way, 0, now);
  }

  moves(times: number, bytes: number, every_ms: number, isHeldUp: (n: number) => boolean = () => false): this {
    for (let n = 0; n < times; n += 1) {
      this.#now += every_ms;
      this.#bytes += bytes;
      this.#take(this.#transfer.moved(this.#bytes, isHeldUp(n), this.#now));
    }
    return this;
  }

  waits(ms: number): this {
    this.#now += ms;
    return this;
  }

  ends(): readonly Measured[] {
    this.#take(this.#transfer.ended());
    return this.measured;
  }

  #take(measured: Measured | undefined): void {
    if (measured !== undefined) this.measured.push(measured);
  }
}

const rates = (measured: readonly Measured[]) => measured.map(({ bytes_s, isExact }) => [bytes_s, isExact]);

test('a download that goes on is measured every two seconds, and at its end', () => {
  const measured = new Moving('down').moves(50, 100_000, 100).ends();
  assert.deepEqual(measured, [
    { bytes: 2_000_000, ms: 2000, bytes_s: 1_000_000, isExact: true },
    { bytes: 2_000_000, ms: 2000, bytes_s: 1_000_000, isExact: true },
  ]);
});

test('less than a mebibyte says nothing, and a thin line is measured as soon as it has carried one', () => {
  assert.deepEqual(new Moving('down').moves(10, 100_000, 10).ends(), []);
  assert.deepEqual(rates(new Moving('down').moves(105, 10_000, 100).ends()), [[100_000, true]]);
});

test('in a moment a download shows only that its line is at least so fast', () => {
  assert.deepEqual(rates(new Moving('down').moves(2, MIB, 10).ends()), [[(2 * MIB * 1000) / 100, false]]);
});

test('a slow client does not make its line slow', () => {
  const measured = new Moving('down').moves(20, 100_000, 100, (n) => n % 2 === 0).ends();
  assert.deepEqual(rates(measured), [[1_000_000, false]]);
  // One that waits now and then takes nearly all that comes.
  assert.deepEqual(rates(new Moving('down').moves(20, 100_000, 100, (n) => n === 5).ends()), [[1_000_000, true]]);
});

test('a pause of the source is no part of a transfer', () => {
  const measured = new Moving('down').moves(12, 100_000, 100).waits(60_000).moves(13, 100_000, 100).ends();
  assert.deepEqual(rates(measured), [
    [1_000_000, true],
    [1_000_000, true],
  ]);
});

test('an upload says how fast its line is only while the line takes no more, and not while buffers fill', () => {
  assert.deepEqual(new Moving('up').moves(100, 100_000, 100).ends(), [], 'the client is what is slow');
  const measured = new Moving('up')
    .moves(1, 4 * MIB, 1, () => true)
    .moves(60, 100_000, 100, () => true)
    .ends();
  assert.deepEqual(rates(measured), [
    [1_000_000, true],
    [1_000_000, true],
  ]);
});
