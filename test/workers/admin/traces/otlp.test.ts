import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionRecord, RaceRecord } from '../../../../src/protocol/race/record.js';
import { requestOf, type Span, traceOf } from '../../../../src/workers/admin/traces/otlp.js';

const attempt = { connected_ms: undefined, asked_ms: undefined, answered_ms: undefined, ended_ms: undefined };
const RACE: RaceRecord = {
  target: '[2001:db8::1]:443',
  attempts: [
    {
      ...{ ...attempt, line: 'fibre', address: '2001:db8::1', remembered: true, started_ms: 0, ended_ms: 30.25 },
      ...{ result: 'refused', detail: 'ECONNREFUSED' },
    },
    {
      ...{ ...attempt, line: 'lte', address: '192.0.2.7', remembered: false, started_ms: 20, connected_ms: 45 },
      ...{ asked_ms: 46, answered_ms: 90.5, result: 'connected' },
    },
    { ...attempt, line: 'sat', address: '192.0.2.8', remembered: false, started_ms: 20, result: 'abandoned' },
  ],
  winner: 1,
  why: 'others-failed',
  total_ms: 90.5,
  reply: 0,
  cause: undefined,
};
const RECORD: ConnectionRecord = {
  ...{ client: '10.0.0.9:5000', listener: 'socks', user: 'alice', race: RACE, line: 'lte', address: '192.0.2.7' },
  ...{ connect_ms: 25, bytes_up: 100, bytes_down: 2 ** 40, opened_at: 1_700_000_000_000, duration_ms: 5000 },
  ending: 'complete',
};

/** Ids that count up. */
function ids(): (bytes: number) => string {
  let next = 0;
  return (bytes) => {
    next += 1;
    return String(next).padStart(2 * bytes, '0');
  };
}

const attributesOf = ({ attributes }: Span): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('a race is a trace, and each attempt a span of it', () => {
  const trace = traceOf({ record: RECORD, handshake_ms: 2.5 }, ids());
  assert.ok(trace !== undefined);
  const [race, ...attempts] = trace;
  assert.deepEqual(
    [race.traceId, race.spanId, race.parentSpanId, race.kind],
    ['0'.repeat(31) + 1, '0'.repeat(15) + 2, undefined, 2],
  );
  assert.deepEqual(
    attempts.map(({ traceId, parentSpanId, spanId, kind }) => [traceId, parentSpanId, Number(spanId), kind]),
    [3, 4, 5].map((id) => [race.traceId, race.spanId, id, 3]),
  );
  assert.deepEqual([race.startTimeUnixNano, race.endTimeUnixNano], ['1700000000002500000', '1700000000093000000']);
  assert.deepEqual(
    attempts.map(({ startTimeUnixNano: start, endTimeUnixNano: end }) => [start.slice(-9), end.slice(-9)]),
    [
      ['002500000', '032750000'],
      ['022500000', '093000000'],
      ['022500000', '093000000'],
    ],
  );
  assert.deepEqual(attributesOf(race), {
    ...{ 'client.address': '10.0.0.9', 'client.port': '5000', 'server.address': '2001:db8::1', 'server.port': '443' },
    ...{ 'network.peer.address': '192.0.2.7', 'user.name': 'alice', 'tcproute.listener': 'socks' },
    ...{ 'tcproute.line': 'lte', 'tcproute.why': 'others-failed', 'tcproute.attempts': '3' },
    ...{ 'tcproute.ending': 'complete', 'tcproute.bytes_up': '100', 'tcproute.bytes_down': String(2 ** 40) },
    'tcproute.duration_ms': '5000',
  });
  assert.deepEqual(attributesOf(attempts[0]), {
    ...{ 'network.peer.address': '2001:db8::1', 'error.type': 'refused', 'tcproute.line': 'fibre' },
    ...{ 'tcproute.result': 'refused', 'tcproute.winner': false, 'tcproute.remembered': true },
  });
  assert.equal(attributesOf(attempts[1])['tcproute.winner'], true);
  assert.deepEqual(attempts[1].events, [
    { name: 'connected', timeUnixNano: '1700000000047500000' },
    { name: 'ClientHello sent', timeUnixNano: '1700000000048500000' },
    { name: 'first byte', timeUnixNano: '1700000000093000000' },
  ]);
  assert.deepEqual(
    trace.map(({ status }) => status),
    [undefined, { code: 2, message: 'refused (ECONNREFUSED)' }, undefined, undefined],
  );
});

test('a lost race is an error with its cause; without a race there is no trace', () => {
  const race: RaceRecord = { ...RACE, attempts: [], winner: undefined, why: undefined, cause: 'no-such-name' };
  const [span, ...others] = traceOf({ record: { ...RECORD, race }, handshake_ms: undefined }, ids()) ?? [];
  assert.deepEqual([span?.status, others], [{ code: 2, message: 'no-such-name' }, []]);
  assert.equal(traceOf({ record: { ...RECORD, race: undefined }, handshake_ms: undefined }, ids()), undefined);
});

test('a client without an address has none', () => {
  const [span] = traceOf({ record: { ...RECORD, client: 'unix', user: undefined }, handshake_ms: 0 }, ids()) ?? [];
  const { 'client.address': address, 'client.port': port, 'user.name': user } = attributesOf(span as Span);
  assert.deepEqual([address, port, user], ['unix', undefined, undefined]);
});

test('a request says whose spans it has', () => {
  const traces = [RECORD, RECORD].map((record) => traceOf({ record, handshake_ms: 0 }, ids()) ?? []);
  const { resourceSpans } = requestOf(traces, '1.2.3') as {
    resourceSpans: { resource: { attributes: unknown }; scopeSpans: { scope: unknown; spans: unknown[] }[] }[];
  };
  const [{ resource, scopeSpans }] = resourceSpans;
  assert.deepEqual(resource.attributes, [
    { key: 'service.name', value: { stringValue: 'tcproute' } },
    { key: 'service.version', value: { stringValue: '1.2.3' } },
  ]);
  assert.deepEqual([scopeSpans[0].scope, scopeSpans[0].spans.length], [{ name: 'tcproute', version: '1.2.3' }, 8]);
});
