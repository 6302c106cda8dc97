import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BulkTransfers } from '../../../src/workers/connection/bulk-transfers.js';

const MIB = 1_048_576;

function world() {
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
    sites: { keyOf: (host) => host.split('.').slice(-2).join('.') },
  });
  return { clock, bulk, told, records };
}

test('what a line carries for a site is told, and each connection has its own rate on record', () => {
  const { clock, bulk, told, records } = world();
  for (const [now, bytes] of [
    [0, MIB],
    [1000, 2 * MIB],
    [2000, 3 * MIB],
  ] as const) {
    clock.now = now;
    bulk.moved(0, 'down', bytes, false);
  }
  assert.deepEqual(told, [['example.com', 5, 'down', MIB]]);
  assert.deepEqual(records, [[0, 'down', MIB]]);
});

test('transfers at a time share the line: what they carry together counts, and one that rests does not', () => {
  const { clock, bulk, told, records } = world();
  for (let second = 0; second <= 4; second += 1) {
    clock.now = second * 1000;
    for (const connection of [0, 1, 2]) bulk.moved(connection, 'down', second * MIB, false);
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
    bulk.moved(0, 'down', second * MIB, false);
  }
  assert.deepEqual(told.at(-1), ['example.com', 5, 'down', 2 * MIB], 'the other has carried until now');
  for (let second = 7; second <= 8; second += 1) {
    clock.now = second * 1000;
    bulk.moved(0, 'down', second * MIB, false);
  }
  assert.deepEqual(told.at(-1), ['example.com', 5, 'down', MIB]);
});

test('where a site has had bulk, what did not come in bulk counts against that; before, nothing is asked', () => {
  const { clock, bulk, told } = world();
  bulk.ended(1, 100, 1000);
  assert.deepEqual(told, []);
  bulk.moved(0, 'down', MIB, false);
  clock.now = 1000;
  bulk.moved(0, 'down', 4 * MIB, false);
  bulk.ended(0, 500, 4 * MIB);
  assert.deepEqual(told.splice(0), [
    ['example.com', 5, 'down', 3 * MIB],
    ['example.com', 5, 'other', MIB + 500],
  ]);
  bulk.ended(1, 100, 1000);
  assert.deepEqual(told, [['example.com', 5, 'other', 1100]]);
});
