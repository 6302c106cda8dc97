// When the lines of a QUIC race would start, by the turns of a flow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quicStarts } from '../../../../src/main/commands/explain/quic-starts.js';
import type { FlowAddress, FlowLine } from '../../../../src/protocol/udp/flow-outlook.js';

const address = (turn: number, late_ms: number): FlowAddress => ({
  ...{ address: '192.0.2.1', turn, why: [], late_ms, answers_ms: undefined, worked_ms: undefined },
});
const line = (addresses: readonly FlowAddress[], why: FlowLine['why'] = []): FlowLine => ({
  line: 'a',
  why,
  addresses,
});

test('each line when the one before is late, in the order of the turns', () => {
  const lines = [line([address(1, 40), address(3, 100)]), line([address(2, 250)])];
  assert.deepEqual(quicStarts({ lines }), [
    { turn: 1, starts_ms: 0 },
    { turn: 2, starts_ms: 40 },
    { turn: 3, starts_ms: 290 },
  ]);
});

test('a line with proxies has some time to open its way besides', () => {
  const lines = [line([address(1, 40)], [{ kind: 'not-asked' }]), line([address(2, 40)])];
  assert.deepEqual(quicStarts({ lines })[1], { turn: 2, starts_ms: 540 });
});

test('four lines get the flight at most', () => {
  const lines = [1, 2, 3, 4, 5, 6].map((turn) => line([address(turn, 10)]));
  assert.deepEqual(
    quicStarts({ lines }).map(({ turn }) => turn),
    [1, 2, 3, 4],
  );
});

test('no line, no flight', () => {
  assert.deepEqual(quicStarts({ lines: [line([])] }), []);
});
