import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UdpCounts } from '../../../../src/threads/shared/udp-counts.js';
import { UdpTally } from '../../../../src/workers/connection/udp/tally.js';

test('each call counts what it says', () => {
  const counts = new UdpCounts(UdpCounts.create());
  const tally = new UdpTally(counts);
  tally.associated();
  tally.associated();
  tally.ended();
  tally.refused();
  for (const kind of ['dns', 'other', 'quic'] as const) tally.flowOpened(kind);
  tally.quic();
  tally.flowEnded('idle');
  tally.up(2, 300);
  tally.up(1, 0);
  tally.down(4, 1000);
  tally.dropped('filtered');
  tally.dropped('fragment', 5);
  tally.raced();
  tally.answered(30, false);
  tally.answered(400, true);
  tally.forged();
  tally.forged(2);
  const { flowsEnded, dropped, quicAnswer, ...totals } = UdpCounts.sum([counts]);
  assert.deepEqual(totals, {
    ...{ flows: 3, dnsFlows: 1, quicFlows: 2, associations: 2, associationsEnded: 1, associationsRefused: 1 },
    ...{ datagramsUp: 3, bytesUp: 300, datagramsDown: 4, bytesDown: 1000, races: 1, rescues: 1, forged: 3 },
  });
  assert.deepEqual([flowsEnded.idle, quicAnswer.count, quicAnswer.sum_ms], [1, 2, 430]);
  assert.deepEqual([dropped.filtered, dropped.fragment, dropped.stranger], [1, 5, 0]);
});
