import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UdpCount, UdpCounts } from '../../../src/threads/shared/udp-counts.js';

test('what several actors have done with datagrams is read as one', () => {
  const memories = [UdpCounts.create(), UdpCounts.create()];
  const [one, other] = memories.map((memory) => new UdpCounts(memory));
  one.add(UdpCount.associations, 1);
  one.add(UdpCount.flows, 1);
  one.dropped('stranger', 3);
  one.quicAnswered(20);
  other.add(UdpCount.flows, 2);
  other.flowEnded('idle');
  other.dropped('stranger', 1);
  other.dropped('queued', 2);
  // As others read it, who have only the memory.
  const totals = UdpCounts.sum(memories.map((memory) => new UdpCounts(memory)));
  assert.equal(totals.associations, 1);
  assert.equal(totals.flows, 3);
  assert.deepEqual([totals.flowsEnded.idle, totals.flowsEnded.cut], [1, 0]);
  assert.deepEqual([totals.dropped.stranger, totals.dropped.queued, totals.dropped.filtered], [4, 2, 0]);
  assert.deepEqual([totals.quicAnswer.count, totals.quicAnswer.sum_ms], [1, 20]);
  assert.deepEqual([UdpCounts.liveAssociations(totals), UdpCounts.liveFlows(totals)], [1, 2]);
});

test('what a dead actor had open counts as cut, once', () => {
  const counts = new UdpCounts(UdpCounts.create());
  counts.add(UdpCount.associations, 3);
  counts.add(UdpCount.associationsEnded, 1);
  counts.add(UdpCount.flows, 3);
  counts.flowEnded('gave-way');
  counts.cutAll();
  counts.cutAll();
  const totals = UdpCounts.sum([counts]);
  assert.deepEqual([totals.flowsEnded['gave-way'], totals.flowsEnded.cut], [1, 2]);
  assert.deepEqual([UdpCounts.liveAssociations(totals), UdpCounts.liveFlows(totals)], [0, 0]);
  assert.equal(totals.associationsEnded, 3);
});
