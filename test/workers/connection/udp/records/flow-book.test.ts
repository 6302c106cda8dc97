// The records of the flows of one actor: what is read of them is what was noted, and nothing of one flow is left in the next one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { UdpCounts } from '../../../../../src/threads/shared/udp-counts.js';
import type { NotedFlowAttempt } from '../../../../../src/workers/connection/udp/records/noted.js';
import { associationOf, FlowsWorld } from '../../../../helpers/udp/flows-world.js';

test('a flow is on record from its opening to its end', () => {
  const world = new FlowsWorld();
  const { book } = world;
  assert.equal(book.records, undefined, 'before the first flow there is nothing');
  const flow = world.open({
    target: 'www.example.com:443',
    kind: 'quic',
    association: associationOf('10.0.0.9', 'ada'),
  });
  world.later(2);
  const { opened_at, ...waiting } = world.read(flow);
  assert.ok(Math.abs(opened_at - (Date.now() - 2)) <= 50);
  assert.deepEqual(waiting, {
    ...{ association: '4-7-100', client: '10.0.0.9:5000', listener: 'socks', user: 'ada', tag: undefined },
    ...{ target: 'www.example.com:443', sni: undefined, kind: 'quic', phase: 'waiting' },
    ...{ line: undefined, address: undefined, datagrams_up: 0, datagrams_down: 0, bytes_up: 0, bytes_down: 0 },
    ...{ first_answer_ms: undefined, attempts: [], duration_ms: 2, silent_ms: 2 },
    ...{ ending: undefined, cause: undefined, detail: undefined },
  });
  book.carried(flow, 1, undefined);
  book.named(flow, 'example.com');
  book.up(flow, 2, 2400);
  world.later(30.04);
  book.down(flow, 1, 1200);
  world.later(10);
  book.down(flow, 3, 100);
  world.later(500);
  const live = world.read(flow);
  assert.deepEqual([live.phase, live.line, live.address, live.sni], ['open', 'proxy', undefined, 'example.com']);
  assert.deepEqual([live.datagrams_up, live.bytes_up, live.datagrams_down, live.bytes_down], [2, 2400, 4, 1300]);
  assert.deepEqual([live.first_answer_ms, live.duration_ms, live.silent_ms], [32, 542, 500]);
  world.end(flow);
  world.later(9000);
  const ended = world.read(flow);
  assert.deepEqual([ended.phase, ended.ending, ended.duration_ms, ended.silent_ms], ['ended', 'idle', 542, undefined]);
  assert.deepEqual([ended.opened_at, ended.bytes_down], [opened_at, 1300]);
});

test('what moves is counted for the gateway too, and so are kinds and endings', () => {
  const world = new FlowsWorld();
  const [one, other] = [world.open({ kind: 'dns' }), world.open()];
  world.book.up(one, 1, 40);
  world.book.up(other, 2, 60);
  world.book.down(other, 1, 500);
  world.end(one, 'association-ended');
  const totals = world.totals;
  assert.deepEqual([totals.datagramsUp, totals.bytesUp, totals.datagramsDown, totals.bytesDown], [3, 100, 1, 500]);
  assert.deepEqual([totals.dnsFlows, totals.flows, totals.flowsEnded['association-ended']], [1, 2, 1]);
  assert.equal(UdpCounts.liveFlows(totals), 1);
});

test('the race of a live flow is read as it is, and that of an ended one as it was', () => {
  const world = new FlowsWorld();
  const flow = world.open({ kind: 'quic' });
  const started = world.clock.now;
  const first = { line: 0, ip: parseIp('192.0.2.1'), sentAt: started + 1, datagrams: 2 };
  const race: NotedFlowAttempt[] = [{ ...first, endedAt: Number.NaN, result: undefined }];
  world.book.raced(flow, race);
  assert.deepEqual(world.read(flow).attempts, [
    { line: 'direct', address: '192.0.2.1', sent_ms: 1, ended_ms: undefined, datagrams: 2, result: undefined },
  ]);
  race[0] = { ...first, endedAt: started + 90, result: 'silent' };
  race.push({ line: 1, ip: undefined, sentAt: started + 50, endedAt: Number.NaN, datagrams: 1, result: 'answered' });
  const expected = [
    { line: 'direct', address: '192.0.2.1', sent_ms: 1, ended_ms: 90, datagrams: 2, result: 'silent' },
    { line: 'proxy', address: undefined, sent_ms: 50, ended_ms: undefined, datagrams: 1, result: 'answered' },
  ];
  assert.deepEqual(world.read(flow).attempts, expected);
  world.end(flow);
  race.length = 0;
  assert.deepEqual(world.read(flow).attempts, expected);
});

test('a flow that turns out to be one of QUIC counts as one, once', () => {
  const world = new FlowsWorld();
  const [named, raced, known] = [world.open(), world.open(), world.open({ kind: 'quic' })];
  assert.equal(world.totals.quicFlows, 1);
  world.book.named(named, 'a.test');
  world.book.raced(named, []);
  world.book.raced(raced, []);
  world.book.quic(known);
  assert.deepEqual([world.totals.quicFlows, world.totals.flows], [3, 3]);
  assert.deepEqual(
    [named, raced, known].map((flow) => world.read(flow).kind),
    ['quic', 'quic', 'quic'],
  );
});

test('a flow that nothing carries tells why', () => {
  const world = new FlowsWorld();
  const flow = world.open({ line: 0, ip: '2001:db8::9' });
  assert.equal(world.read(flow).address, '2001:db8::9');
  world.book.failed(flow, failureOf('refused', 'ECONNREFUSED'));
  world.end(flow, 'failed');
  const { ending, cause, detail } = world.read(flow);
  assert.deepEqual([ending, cause, detail], ['failed', 'refused', 'ECONNREFUSED']);
});

test('a slot that is taken again has nothing of the flow before', () => {
  const world = new FlowsWorld({ live_max: 2, ended_max: 1 });
  const first = world.open({ line: 1, ip: '192.0.2.7', sni: 'a.test', kind: 'quic' });
  world.book.up(first, 5, 500);
  world.book.down(first, 5, 500);
  world.book.failed(first, failureOf('refused'));
  world.end(first, 'failed');
  const serial = world.records.reader.serialOf(first);
  const second = world.open();
  world.end(second);
  // The one place for flows that have ended is the second one's now.
  assert.equal(world.records.reader.isOf(first, serial), false);
  const third = world.open({ target: '192.0.2.8:53', kind: 'dns' });
  assert.equal(third, first);
  const { opened_at, ...read } = world.read(third);
  assert.deepEqual(read, {
    ...{ association: '4-7-100', client: '10.0.0.1:5000', listener: 'socks', user: undefined, tag: undefined },
    ...{ target: '192.0.2.8:53', sni: undefined, kind: 'dns', phase: 'waiting' },
    ...{ line: undefined, address: undefined, datagrams_up: 0, datagrams_down: 0, bytes_up: 0, bytes_down: 0 },
    ...{ first_answer_ms: undefined, attempts: [], duration_ms: 0, silent_ms: 0 },
    ...{ ending: undefined, cause: undefined, detail: undefined },
  });
  assert.notEqual(world.records.reader.serialOf(third), serial);
});

test('flows beyond the bound are counted, and are not on record', () => {
  const world = new FlowsWorld({ live_max: 1, ended_max: 1 });
  world.isDebugging = true;
  const slots = [world.open(), world.open(), world.open(), world.open()];
  assert.deepEqual(slots, [0, 1, 2, 2], 'there is room for those that live and those that have ended');
  for (const slot of slots) world.book.up(slot, 1, 10);
  for (const slot of slots) world.end(slot);
  assert.equal(world.records.reader.end, 2);
  assert.deepEqual([world.totals.flowsEnded.idle, world.totals.datagramsUp], [4, 4]);
  assert.equal(UdpCounts.liveFlows(world.totals), 0);
  assert.equal(world.logged.length, 2);
});

test('flows that live when the actor ends are cut, and have their lines', () => {
  const world = new FlowsWorld();
  world.book.cutAll();
  const lines: (string | undefined)[] = [];
  world.book.access = { flowEnded: ({ ending }) => lines.push(ending) };
  world.end(world.open());
  const [one, other] = [world.open(), world.open()];
  world.book.cutAll();
  assert.deepEqual(lines, ['idle', 'cut', 'cut']);
  assert.deepEqual([world.read(one).ending, world.read(other).ending], ['cut', 'cut']);
  assert.deepEqual([world.totals.flowsEnded.cut, UdpCounts.liveFlows(world.totals)], [2, 0]);
});

test('at level debug each flow has its line in the log, and the access log its record', () => {
  const world = new FlowsWorld();
  const records: string[] = [];
  world.book.access = { flowEnded: ({ target }) => records.push(target) };
  world.end(world.open({ target: 'a.test:53', kind: 'dns', line: 0 }));
  assert.deepEqual([records, world.logged], [['a.test:53'], []]);
  world.isDebugging = true;
  world.end(world.open({ target: 'b.test:53', kind: 'dns', line: 0 }));
  assert.deepEqual(records, ['a.test:53', 'b.test:53']);
  const [{ target, kind, line, ending }] = world.logged;
  assert.deepEqual([target, kind, line, ending], ['b.test:53', 'dns', 'direct', 'idle']);
});

test('datagrams count for the line that carries the flow, and for its user, with what went out before', () => {
  const world = new FlowsWorld();
  const { book } = world;
  const flow = world.open({ association: associationOf('10.0.0.9', 'ada') });
  const other = world.open({ line: 2 });
  book.up(flow, 1, 1200);
  book.carried(flow, 1, undefined);
  book.up(flow, 2, 2000);
  book.down(flow, 1, 500);
  book.down(other, 1, 7);
  book.carried(flow, 0, undefined);
  book.up(flow, 1, 40);
  assert.deepEqual(world.carried, [
    [1, 'ada', 1200, 0],
    [1, 'ada', 2000, 0],
    [1, 'ada', 0, 500],
    [2, undefined, 0, 7],
    [0, 'ada', 40, 0],
  ]);
});
