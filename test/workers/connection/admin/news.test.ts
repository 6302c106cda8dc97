// What has opened and ended since somebody asked last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionSummary } from '../../../../src/protocol/connections/summary.js';
import type { News, NewsCursor } from '../../../../src/threads/contracts/admin/news.js';
import { newsSince } from '../../../../src/workers/connection/admin/news.js';
import { RecordsWorld } from '../../../helpers/records-world.js';

const MANY = 1000;

function world(connections_max = 10, ended_max = 3) {
  const own = new RecordsWorld(connections_max, ended_max);
  const { reader } = own.records;
  const since = (cursor?: NewsCursor, most = MANY): News<ConnectionSummary> =>
    newsSince(reader, (slot) => reader.summary(slot), cursor, most);
  return { own, since };
}

const targets = ({ some }: News<ConnectionSummary>['opened']): (string | undefined)[] =>
  some.map(({ one }) => one.target);

test('nothing is told before somebody asks; then what has opened and ended since', () => {
  const { own, since } = world();
  const before = own.open({ target: 'before.test', line: 0 });
  const first = since();
  assert.deepEqual(
    [first.opened, first.ended],
    [
      { count: 0, some: [] },
      { count: 0, some: [] },
    ],
  );
  own.records.ended(before, 'complete', 1, 2);
  own.open({ target: 'one.test', line: 1 });
  const short = own.open({ target: 'short.test' });
  own.fail(short, true);
  const next = since(first.cursor);
  assert.deepEqual([next.opened.count, targets(next.opened)], [2, ['one.test:443', 'short.test:443']]);
  assert.deepEqual([next.ended.count, targets(next.ended)], [2, ['before.test:443', 'short.test:443']]);
  const [, failed] = next.ended.some;
  const { ending, cause, phase, attempts } = failed.one;
  assert.deepEqual([ending, cause, phase, attempts], ['failed', 'refused', 'ended', 0]);
  const [{ one: connection }] = next.opened.some;
  assert.deepEqual([connection.line, connection.phase, connection.attempts], ['proxy', 'relay', 1]);
  const last = since(next.cursor);
  assert.deepEqual([last.opened.count, last.ended.count], [0, 0]);
});

test('of many some are told, spread over the time, and how many there were', () => {
  const { own, since } = world(100, 200);
  const { cursor } = since();
  const slots = Array.from({ length: 100 }, (_, i) => own.open({ target: `n${i}.test` }));
  for (const slot of slots) own.records.ended(slot, 'complete', 0, 0);
  const { opened, ended } = since(cursor, 4);
  assert.deepEqual([opened.count, ended.count], [100, 100]);
  for (const news of [opened, ended]) {
    assert.deepEqual(targets(news), ['n24.test:443', 'n49.test:443', 'n74.test:443', 'n99.test:443']);
  }
  assert.deepEqual([since(cursor, 0).opened.some, since(cursor, 0).opened.count], [[], 100]);
});

test('what is not on record any more is counted, and nobody is told in its place', () => {
  const { own, since } = world(1, 2);
  const { cursor } = since();
  for (let i = 0; i < 10; i += 1) own.records.ended(own.open({ target: `n${i}.test` }), 'complete', 0, 0);
  const { opened, ended } = since(cursor);
  assert.deepEqual([opened.count, targets(opened)], [10, ['n8.test:443', 'n9.test:443']]);
  assert.deepEqual([ended.count, targets(ended)], [10, ['n8.test:443', 'n9.test:443']]);
  own.records.forgetListener(0);
  assert.deepEqual(targets(since(cursor).ended), []);
});

test('a cursor of an earlier actor tells nothing that has not happened', () => {
  const { own, since } = world();
  own.open();
  const { opened, ended, cursor } = since({ opened: 500, ended: 400 });
  assert.deepEqual([opened.count, ended.count, cursor], [0, 0, { opened: 1, ended: 0 }]);
});

test('more than the actor remembers are only counted', () => {
  const { own, since } = world(3000, 3);
  const { cursor } = since();
  for (let i = 0; i < 2000; i += 1) own.open({ target: `n${i}.test` });
  const { opened } = since(cursor, 2);
  assert.deepEqual([opened.count, targets(opened)], [2000, ['n1487.test:443', 'n1999.test:443']]);
});
