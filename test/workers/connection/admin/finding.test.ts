// Looking for connections among the records of an actor, and closing those that an operator means.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConnectionFilter, clientFilterOf, targetFilterOf } from '../../../../src/protocol/connections/filter.js';
import type { Order } from '../../../../src/protocol/connections/order.js';
import type { ClosedPiece, FoundPiece, Sought } from '../../../../src/threads/contracts/admin/found.js';
import { Finding } from '../../../../src/workers/connection/admin/finding.js';
import { matching } from '../../../../src/workers/connection/admin/matching.js';
import { RecordsWorld } from '../../../helpers/records-world.js';

const OLDEST: Order = { by: 'opened_at', descending: false };
const LIVE: Sought = { which: 'live', filter: {}, order: OLDEST, after: undefined, most: 100 };

function finding(world: RecordsWorld) {
  const meant = (filter: ConnectionFilter) => matching(filter, world.records, world.names);
  const finds = new Finding(4, world.records, meant);
  const slots = (sought: Partial<Sought>): number[] =>
    finds.find({ ...LIVE, ...sought }, 0).places.map(({ slot }) => slot);
  return { finds, slots };
}

test('a filter means the connections for which all that it says holds', () => {
  const world = new RecordsWorld();
  const { slots } = finding(world);
  const silent = world.open();
  const named = world.open({ client: '10.0.0.2', target: 'www.example.com', line: 0 });
  const users = world.open({ client: '2001:db8::7', user: 'alice', target: '192.0.2.9:80', line: 1, listener: 1 });
  const local = world.open({ client: 'unix', target: '[2001:db8::9]:443' });
  const meant = (filter: ConnectionFilter): number[] => slots({ filter });
  assert.deepEqual(meant({}), [silent, named, users, local]);
  assert.deepEqual(meant({ listener: 'http' }), [users]);
  assert.deepEqual(meant({ line: 'direct' }), [named]);
  assert.deepEqual(meant({ line: 'proxy', listener: 'socks' }), []);
  assert.deepEqual(meant({ user: 'alice' }), [users]);
  for (const [client, ...expected] of [
    ['10.0.0.0/30', silent, named],
    ['10.0.0.2', named],
    ['2001:db8::/32', users],
    ['unix', local],
    ['0.0.0.0/0', silent, named],
  ] as const) {
    assert.deepEqual(meant({ client: clientFilterOf(client) }), expected, client);
  }
  for (const [target, ...expected] of [
    ['example.com', named],
    ['example.com:443', named],
    ['example.com:80'],
    [':443', named, local],
    ['192.0.2.0/24', users],
    ['192.0.2.0/24:443'],
    ['2001:db8::/32', local],
  ] as const) {
    assert.deepEqual(meant({ target: targetFilterOf(target) }), expected, target);
  }
});

test('connections are told in an order, page by page, and those that ended apart', () => {
  const world = new RecordsWorld();
  const { finds, slots } = finding(world);
  const carried = [5, 9, 1, 9].map((bytes) => {
    world.later(10);
    return world.open({ target: '192.0.2.9', line: 0 }, bytes, 100 - bytes);
  });
  const [a, b, c, d] = carried;
  const by = (by: Order['by'], descending = false): number[] => slots({ order: { by, descending } });
  assert.deepEqual(by('opened_at'), [a, b, c, d]);
  assert.deepEqual(by('opened_at', true), [d, c, b, a]);
  assert.deepEqual(by('duration_ms', true), [a, b, c, d]);
  assert.deepEqual(by('bytes_up'), [c, a, b, d]);
  assert.deepEqual(by('bytes_down'), [b, d, a, c]);
  const order: Order = { by: 'bytes_up', descending: true };
  const first = finds.find({ ...LIVE, order, most: 3 }, 0);
  assert.deepEqual([first.places.map(({ slot }) => slot), first.matched, first.next], [[d, b, a], 4, undefined]);
  const rest = finds.find({ ...LIVE, order, most: 3, after: first.places.at(-1) }, 0);
  assert.deepEqual([rest.places.map(({ slot }) => slot), rest.matched], [[c], 4]);
  world.later(5);
  world.records.ended(b, 'complete', 20, 3);
  world.later(1);
  world.records.ended(a, 'idle', 30, 2);
  assert.deepEqual(by('opened_at'), [c, d]);
  assert.deepEqual(slots({ which: 'ended', order: { by: 'ended_at', descending: true } }), [a, b]);
  assert.deepEqual(slots({ which: 'ended', order: { by: 'duration_ms', descending: true } }), [a, b]);
  assert.deepEqual(slots({ which: 'ended', order: { by: 'bytes_up', descending: false } }), [b, a]);
});

test('the place of a connection stays the same while time goes on', () => {
  const world = new RecordsWorld();
  const { finds } = finding(world);
  world.open();
  const key = (by: Order['by']): number => finds.find({ ...LIVE, order: { by, descending: true } }, 0).places[0].key;
  const before = [key('opened_at'), key('duration_ms')];
  for (const ms of [0.4, 0.4, 1000.3, 2 ** 31]) {
    world.later(ms);
    assert.deepEqual([key('opened_at'), key('duration_ms')], before);
  }
});

test('many connections are looked at in pieces', () => {
  const world = new RecordsWorld(5000, 3);
  const { finds } = finding(world);
  for (let i = 0; i < 5000; i += 1) world.open();
  const sizes: number[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const piece: FoundPiece = finds.find({ ...LIVE, most: 10 }, from);
    assert.equal(piece.places.length, 10);
    sizes.push(piece.matched);
    from = piece.next;
  }
  assert.deepEqual(sizes, [2048, 2048, 904]);
});

test('one connection is closed by its number, which another one in its place does not have', () => {
  const world = new RecordsWorld(1, 0);
  const { finds } = finding(world);
  const slot = world.open({ target: '192.0.2.9', line: 0 });
  const [{ serial }] = finds.find(LIVE, 0).places;
  assert.equal(finds.close({ slot, serial: serial + 1 }), 'unknown');
  assert.equal(finds.close({ slot: slot + 1, serial }), 'unknown');
  assert.equal(finds.close({ slot, serial }), 'closed');
  assert.deepEqual(world.closed, [[slot, 'closed-by-operator']]);
  assert.equal(world.open(), slot);
  assert.equal(finds.close({ slot, serial }), 'unknown');
});

test('all that are meant are closed, whatever they are at, but those that have failed already', () => {
  const world = new RecordsWorld();
  const { finds } = finding(world);
  const target = '192.0.2.9';
  const [relay, session, failed] = [world.open({ target, line: 0 }), world.open({ target }), world.open({ target })];
  const other = world.open({ target: 'example.com' });
  world.fail(failed);
  const [, , { serial }] = finds.find(LIVE, 0).places;
  assert.equal(finds.close({ slot: failed, serial }), 'ending');
  assert.deepEqual(finds.closeAll({ target: targetFilterOf(target) }, 0), { closed: 2, next: undefined });
  assert.deepEqual(world.closed, [
    [relay, 'closed-by-operator'],
    [session, 'session'],
  ]);
  assert.deepEqual(
    finds.find(LIVE, 0).places.map(({ slot }) => slot),
    [failed, other],
  );
});

test('not more than some are closed in one turn', () => {
  const world = new RecordsWorld(300, 3);
  const { finds } = finding(world);
  for (let i = 0; i < 300; i += 1) world.open();
  const turns: number[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const { closed, next }: ClosedPiece = finds.closeAll({}, from);
    turns.push(closed);
    from = next;
  }
  assert.deepEqual(turns, [128, 128, 44]);
});
