import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordsOf } from '../../../src/main/observe/connection-records.js';
import type { ConnectionRecord } from '../../../src/protocol/race/record.js';

function record(client: string, opened_at: number, duration_ms: number, ending: string | undefined): ConnectionRecord {
  const none = { user: undefined, race: undefined, line: undefined, address: undefined, connect_ms: undefined };
  return { client, listener: 'a', ...none, bytes_up: 0, bytes_down: 0, opened_at, duration_ms, ending };
}

/** Has its records in pages of one. */
const actor = (...records: readonly ConnectionRecord[]) => ({
  records: async (from: number) => ({
    records: records.slice(from, from + 1),
    next: from + 1 < records.length ? from + 1 : undefined,
  }),
});

test('the records of all actors are one list: live ones by age, ended ones by their end', async () => {
  const one = actor(record('a', 10, 5, 'complete'), record('b', 30, 5, undefined), record('c', 40, 1, 'failed'));
  const other = actor(record('d', 20, 5, undefined), record('e', 5, 30, 'complete'));
  const { live, ended } = await recordsOf([one, other]);
  assert.deepEqual(
    live.map(({ client }) => client),
    ['d', 'b'],
  );
  assert.deepEqual(
    ended.map(({ client }) => client),
    ['c', 'e', 'a'],
  );
});

test('of an actor that has died only its own records are missing', async () => {
  const dead = { records: () => Promise.reject(new Error('it has died')) };
  const { live, ended } = await recordsOf([undefined, dead, actor(record('a', 1, 1, undefined))]);
  assert.deepEqual([live.map(({ client }) => client), ended], [['a'], []]);
});

test('no more than the bound are told, the newest', async () => {
  const many = Array.from({ length: 1500 }, (_, i) => record(`${i}`, i, 0, 'complete'));
  const page = { records: async () => ({ records: many, next: undefined }) };
  const { ended } = await recordsOf([page]);
  assert.deepEqual([ended.length, ended[0].client, ended[999].client], [1000, '1499', '500']);
});
