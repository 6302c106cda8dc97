// A share of the connections that have ended since somebody asked last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../../../src/protocol/race/failure.js';
import type { Samples } from '../../../../src/threads/contracts/admin/connections.js';
import { SAMPLES_MAX, samplesOf } from '../../../../src/workers/connection/admin/sampling.js';
import { RecordsWorld } from '../../../helpers/records-world.js';

function world(ended_max: number) {
  const own = new RecordsWorld(10, ended_max);
  let number = 0;
  const ends = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      own.records.ended(own.open({ target: `n${number}.test`, line: 0 }), 'complete', 1, 2);
      number += 1;
    }
  };
  const ask = (since: number | undefined, share: number, owed = 0): Samples =>
    samplesOf(own.records.reader, { since, share, owed });
  return { own, ends, ask };
}

const targets = ({ samples }: Samples): (string | undefined)[] => samples.map(({ record }) => record.race?.target);

test('the first answer says where to begin, and has no samples', () => {
  const { ends, ask } = world(10);
  ends(3);
  assert.deepEqual(ask(undefined, 1), { ended: 3, owed: 0, missed: 0, samples: [] });
});

test('a share of those that have ended is told, and what is left of a sample counts the next time', () => {
  const { ends, ask } = world(100);
  ends(7);
  const first = ask(0, 0.25);
  assert.deepEqual([first.ended, first.owed, first.missed], [7, 0.75, 0]);
  assert.deepEqual(targets(first), ['n6.test:443']);
  ends(1);
  const next = ask(first.ended, 0.25, first.owed);
  assert.deepEqual([targets(next), next.owed, next.missed], [['n7.test:443'], 0, 0]);
  assert.deepEqual(ask(next.ended, 0.25), { ended: 8, owed: 0, missed: 0, samples: [] });
});

test('what is not on record any more, or too much for an answer, is missed', () => {
  const few = world(2);
  few.ends(5);
  const told = few.ask(0, 1);
  assert.deepEqual([targets(told), told.missed], [['n3.test:443', 'n4.test:443'], 3]);
  const many = world(1000);
  many.ends(3 * SAMPLES_MAX);
  const some = many.ask(0, 1);
  assert.deepEqual([some.samples.length, some.missed], [SAMPLES_MAX, 2 * SAMPLES_MAX]);
  assert.deepEqual(targets(some).slice(0, 2), ['n2.test:443', 'n5.test:443'], 'spread over the time');
});

test('another actor has ended fewer than the one whose place it takes: all of them are new', () => {
  const { ends, ask } = world(10);
  ends(2);
  assert.equal(ask(9000, 1).samples.length, 2);
});

test('a sample says how long its client took to say what it wants, where there was a race', () => {
  const { own, ask } = world(10);
  own.records.ended(own.open({ handshake_ms: 40 }), 'left-early', 0, 0);
  own.fail(own.open({ target: 'refused.test' }), true);
  own.records.ended(own.open({ target: 'a.test', line: 1, handshake_ms: 25 }), 'complete', 0, 0);
  const lost = own.open({ target: 'b.test', handshake_ms: 30 });
  own.records.lost(lost, { started: own.clock.now, attempts: [], lead: undefined }, failureOf('timed-out'));
  own.later(1000);
  own.records.ended(lost, 'failed', 0, 0);
  const waited = ask(0, 1).samples.map(({ handshake_ms }) => handshake_ms);
  // The time of the opening is kept in whole ms.
  assert.deepEqual(waited, [undefined, undefined, 25.25, 30.25]);
});
