import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineBytes } from '../../../src/threads/shared/line-bytes.js';
import { UserTable } from '../../../src/threads/shared/user-table.js';
import { Carrying, type CarryingRecords } from '../../../src/workers/connection/carrying.js';

/** Connections by number: their line, and what they have carried while they live. */
class Connections implements CarryingRecords {
  readonly lines = new Map<number, number>();
  readonly users = new Map<number, string>();
  readonly live = new Map<number, { readonly up: number; readonly down: number }>();
  readonly capacity = 10_000;
  end = 10;

  lineOf(connection: number): number | undefined {
    return this.lines.get(connection);
  }

  userOf(connection: number): string | undefined {
    return this.users.get(connection);
  }

  underway(connection: number): { readonly up: number; readonly down: number } | undefined {
    return this.live.get(connection);
  }
}

function world() {
  const records = new Connections();
  const bytes = new LineBytes(LineBytes.create());
  const table = new UserTable(UserTable.create());
  return { records, bytes, table, carrying: new Carrying(records, bytes, table) };
}

test('a connection counts at its end for the line that carried it; one without a line counts for none', () => {
  const { records, bytes, carrying } = world();
  records.lines.set(1, 7);
  records.live.set(1, { up: 10, down: 1000 });
  carrying.turned(60_000);
  assert.deepEqual(bytes.of(7), { up: 0, down: 0 }, 'nobody wants to know it earlier');
  carrying.ended(1, 10, 1000);
  carrying.ended(2, 0, 0);
  assert.deepEqual(bytes.of(7), { up: 10, down: 1000 });
});

test('where somebody wants to know it, a live connection counts every few seconds, and in the end only what is new', () => {
  const { records, bytes, carrying } = world();
  records.lines.set(1, 7);
  carrying.follow(true);
  records.live.set(1, { up: 10, down: 1000 });
  carrying.turned(100);
  assert.deepEqual(bytes.of(7), { up: 10, down: 1000 });
  records.live.set(1, { up: 20, down: 5000 });
  carrying.turned(200);
  assert.deepEqual(bytes.of(7), { up: 10, down: 1000 }, 'it looks again only after some seconds');
  carrying.turned(5100);
  assert.deepEqual(bytes.of(7), { up: 20, down: 5000 });
  records.live.delete(1);
  carrying.ended(1, 21, 6000);
  assert.deepEqual(bytes.of(7), { up: 21, down: 6000 });
  // Another connection has the number of one that has ended.
  carrying.ended(1, 1, 1);
  assert.deepEqual(bytes.of(7), { up: 22, down: 6001 });
});

test('what a socket has not taken after all counts once', () => {
  const { records, bytes, carrying } = world();
  records.lines.set(1, 7);
  carrying.follow(true);
  for (const [now, down] of [
    [0, 4096],
    [5000, 1000],
    [10_000, 5000],
  ] as const) {
    records.live.set(1, { up: 0, down });
    carrying.turned(now);
  }
  assert.deepEqual(bytes.of(7), { up: 0, down: 5000 });
});

test('many connections are looked at in pieces, a piece a turn', () => {
  const { records, bytes, carrying } = world();
  records.end = 5000;
  for (const connection of [0, 4999]) {
    records.lines.set(connection, connection === 0 ? 1 : 2);
    records.live.set(connection, { up: 1, down: 1 });
  }
  carrying.follow(true);
  carrying.turned(0);
  assert.deepEqual([bytes.of(1).up, bytes.of(2).up], [1, 0]);
  carrying.turned(1);
  assert.deepEqual([bytes.of(1).up, bytes.of(2).up], [1, 1]);
});

test('what was counted while somebody wanted to know is not counted again after that', () => {
  const { records, bytes, carrying } = world();
  records.lines.set(1, 7);
  records.live.set(1, { up: 0, down: 500 });
  carrying.follow(true);
  carrying.turned(0);
  carrying.follow(false);
  carrying.ended(1, 0, 600);
  assert.deepEqual(bytes.of(7), { up: 0, down: 600 });
});

test('while somebody watches, live connections are looked at each second, and after that no more', () => {
  const { records, bytes, carrying } = world();
  records.lines.set(1, 7);
  const after = (now: number, down: number): number => {
    records.live.set(1, { up: 0, down });
    carrying.turned(now);
    return bytes.of(7).down;
  };
  carrying.watch(0);
  assert.equal(after(1, 100), 100);
  assert.equal(after(500, 200), 100);
  assert.equal(after(1000, 300), 300);
  carrying.watch(1000);
  assert.equal(after(1001, 400), 300, 'to be watched again is no reason for another look');
  for (const now of [2000, 3000, 4000, 5000, 6000]) after(now, now);
  assert.equal(bytes.of(7).down, 6000);
  assert.equal(after(60_000, 9999), 6000);
});

test('what the connections of a user carry counts for it, where that is wanted, also while they live', () => {
  const { records, bytes, table, carrying } = world();
  const ofUser = (name: string): number => table.carried(table.slotOf(name));
  for (const connection of [1, 2, 3]) {
    records.lines.set(connection, 7);
    if (connection < 3) records.users.set(connection, 'alice');
    records.live.set(connection, { up: 10, down: 1000 });
  }
  carrying.follow(true);
  carrying.turned(0);
  assert.equal(ofUser('alice'), 0, 'nobody wants to know it');
  carrying.followUsers(true);
  for (const connection of [1, 2, 3]) records.live.set(connection, { up: 15, down: 1100 });
  carrying.turned(5000);
  assert.equal(ofUser('alice'), 210);
  carrying.ended(1, 15, 1101);
  assert.equal(ofUser('alice'), 211);
  carrying.followUsers(false);
  carrying.ended(2, 20, 2000);
  carrying.ended(3, 20, 2000);
  assert.equal(ofUser('alice'), 211);
  assert.deepEqual(bytes.of(7), { up: 55, down: 5101 });
});

test('datagrams count at once for their line, and for their user once a turn, where users count', () => {
  const { bytes, table, carrying } = world();
  carrying.datagrams(7, 'alice', 10, 0);
  carrying.datagrams(7, undefined, 0, 500);
  assert.deepEqual(bytes.of(7), { up: 10, down: 500 });
  carrying.turned(1);
  assert.equal(table.carried(table.slotOf('alice')), 0, 'users do not count');
  carrying.followUsers(true);
  carrying.datagrams(7, 'alice', 10, 0);
  carrying.datagrams(8, 'alice', 0, 20);
  assert.equal(table.carried(table.slotOf('alice')), 0);
  carrying.datagrams(8, 'bob', 3, 0);
  carrying.datagrams(8, undefined, 99, 0);
  carrying.turned(2);
  carrying.turned(3);
  assert.deepEqual(
    ['alice', 'bob'].map((name) => table.carried(table.slotOf(name))),
    [30, 3],
  );
});
