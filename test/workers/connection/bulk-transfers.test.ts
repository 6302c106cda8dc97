import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BulkSpans } from '../../../src/threads/shared/bulk-spans.js';
import { BulkTransfers } from '../../../src/workers/connection/bulk-transfers.js';
import { MUCH } from '../../../src/workers/connection/relay/copying.js';

const MIB = 1_048_576;

function world(memory = BulkSpans.create(2), actor = 0) {
  const clock = { now: 0 };
  const told: unknown[] = [];
  const records: unknown[] = [];
  const routes = {
    hasBulk: false,
    carried(key: string, { line }: { line: number }, way: string, { bytes_s }: { bytes_s: number }): void {
      routes.hasBulk = true;
      told.push([key, line, way, bytes_s]);
    },
    trickled(key: string, { line }: { line: number }, bytes: number): void {
      told.push([key, line, 'other', bytes]);
    },
  };
  const hosts = ['a.example.com', 'b.example.com', 'other.test'];
  const bulk = new BulkTransfers({
    clock,
    records: {
      lineOf: () => 5,
      hostOf: (connection) => hosts[connection],
      measured: (connection, way, bytes_s) => records.push([connection, way, bytes_s]),
    },
    routes,
    spans: new BulkSpans(memory, actor),
    wall: () => clock.now,
    sites: { keyOf: (host) => host.split('.').slice(-2).join('.') },
  });
  /** More than what a connection must carry to be measured. */
  const moved = (connection: number, bytes: number): void =>
    bulk.moved(connection, 'down', MUCH + bytes, false, clock.now);
  return { clock, bulk, told, records, moved };
}

test('what a line carries for a site is told, and each connection has its own rate on record', () => {
  const { clock, told, records, moved } = world();
  for (const [now, bytes] of [
    [0, 0],
    [1000, MIB],
    [2000, 2 * MIB],
  ] as const) {
    clock.now = now;
    moved(0, bytes);
  }
  assert.deepEqual(told, [['example.com', 5, 'down', MIB]]);
  assert.deepEqual(records, [[0, 'down', MIB]]);
});

test('transfers at a time share the line: what they carry together counts, and one that rests does not', () => {
  const { clock, told, records, moved } = world();
  for (let second = 0; second <= 4; second += 1) {
    clock.now = second * 1000;
    for (const connection of [0, 1, 2]) moved(connection, second * MIB);
  }
  const [example, other] = [0, 2].map((one) => told.filter((line) => String(line).startsWith(one ? 'other' : 'ex')));
  assert.deepEqual(
    example?.map((line) => (line as unknown[])[3]),
    [MIB, 2 * MIB, 2 * MIB, 2 * MIB],
  );
  assert.deepEqual(
    other?.map((line) => (line as unknown[])[3]),
    [MIB, MIB],
  );
  assert.deepEqual(records[1], [1, 'down', MIB]);
  for (let second = 5; second <= 6; second += 1) {
    clock.now = second * 1000;
    moved(0, second * MIB);
  }
  assert.deepEqual(told.at(-1), ['example.com', 5, 'down', 2 * MIB], 'the other has carried until now');
  for (let second = 7; second <= 8; second += 1) {
    clock.now = second * 1000;
    moved(0, second * MIB);
  }
  assert.deepEqual(told.at(-1), ['example.com', 5, 'down', MIB]);
});

test('where a site has had bulk, what did not come in bulk counts against that; before, nothing is asked', () => {
  const { clock, bulk, told, moved } = world();
  bulk.ended(1, 100, 1000);
  assert.deepEqual(told, []);
  moved(0, 0);
  clock.now = 1000;
  moved(0, 3 * MIB);
  bulk.ended(0, 500, 3 * MIB + MUCH);
  assert.deepEqual(told.splice(0), [
    ['example.com', 5, 'down', 3 * MIB],
    ['example.com', 5, 'other', MUCH + 500],
  ]);
  bulk.ended(1, 100, 1000);
  assert.deepEqual(told, [['example.com', 5, 'other', 1100]]);
});

test('a transfer that a busy thread has moved in one turn is measured from when bytes moved before', () => {
  const { clock, bulk, told } = world();
  clock.now = 1050;
  bulk.moved(0, 'down', MUCH + 2 * MIB, false, 1000);
  bulk.ended(0, 0, MUCH + 2 * MIB);
  assert.deepEqual(told[0], ['example.com', 5, 'down', 20 * MIB]);
});

test('transfers of another actor count, too', () => {
  const memory = BulkSpans.create(2);
  const [one, other] = [world(memory, 0), world(memory, 1)];
  one.bulk.reach(2);
  for (let second = 0; second <= 2; second += 1) {
    for (const { clock, moved } of [other, one]) {
      clock.now = second * 1000;
      moved(0, second * MIB);
    }
  }
  assert.deepEqual(other.told, [['example.com', 5, 'down', MIB]]);
  assert.deepEqual(one.told, [['example.com', 5, 'down', 2 * MIB]]);
});
