import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionCounts } from '../../../src/threads/shared/connection-counts.js';
import { Counter } from '../../../src/threads/shared/counters.js';
import { LineCounts } from '../../../src/threads/shared/line-counts.js';
import { ConnectionEnd } from '../../../src/workers/connection/connection-end.js';
import { FirstByte } from '../../../src/workers/connection/relay/first-byte.js';
import { RecordsWorld } from '../../helpers/records-world.js';

function world() {
  const own = new RecordsWorld();
  const counters = new Float64Array(Object.keys(Counter).length);
  const connectionCounts = new ConnectionCounts(ConnectionCounts.create());
  const lineCounts = new LineCounts(LineCounts.create(2));
  const ends = new ConnectionEnd({
    ...{ clock: own.clock, counters, connectionCounts, lineCounts, records: own.records },
    log: { enabled: () => false, write: () => assert.fail('nothing is logged') },
    ...{ carrying: { ended: () => {} }, bulk: { ended: () => {} }, ended: () => {} },
  });
  const firstBytes = (line: number) => LineCounts.sum([lineCounts], line).firstByte;
  const ended = (listener: number) => ConnectionCounts.ofListener([connectionCounts], listener).ended;
  return { own, ends, counters, firstBytes, ended };
}

test('a connection ends at its listener, by how it ended', () => {
  const { own, ends, counters, ended } = world();
  const [relayed, failed, cut] = [
    own.open({ target: 'a.test', line: 1, listener: 1 }),
    own.open({ target: 'b.test' }),
    own.open({ target: 'c.test', line: 0 }),
  ];
  ends.relayed(relayed, { how: 'idle', up: 1, down: 2 });
  ends.ended(failed, 'failed');
  ends.cutAll();
  assert.deepEqual([ended(1).idle, ended(0).failed, ended(0).cut, ended(1).cut], [1, 1, 1, 0]);
  assert.deepEqual([counters[Counter.closed], counters[Counter.timeouts], counters[Counter.cut]], [3, 1, 1]);
  assert.equal(own.records.reader.read(cut).ending, 'cut');
});

test('the time to the first byte counts for the line, from the first bytes of the client', () => {
  const { own, ends, firstBytes } = world();
  const heardBy = (speak: (first: FirstByte) => void): void => {
    const first = new FirstByte(own.clock, { answered() {}, failed() {} });
    speak(first);
    assert.ok(first.heard !== undefined);
    ends.heard(own.open({ target: 'a.test', line: 1 }), first.heard, first.since);
  };
  heardBy((first) => {
    own.later(500);
    first.fromClient(71);
    own.later(20);
    first.fromDestination(72);
  });
  // A ClientHello that is not answered as TLS does, and a server that speaks first.
  heardBy((first) => {
    first.fromClient(22);
    own.later(20);
    first.fromDestination(21);
  });
  heardBy((first) => first.fromDestination(83));
  assert.deepEqual([firstBytes(1).count, firstBytes(1).sum_ms, firstBytes(0).count], [1, 20, 0]);
});

test('first bytes are listened to where they are counted', () => {
  const { ends } = world();
  assert.equal(ends.wantsFirstBytes, false);
  ends.countsFirstBytes = true;
  assert.equal(ends.wantsFirstBytes, true);
});
