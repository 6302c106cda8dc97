// What asking a proxy for an association says of its line, for datagrams and for connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { type LineEvent, LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import type { Hop } from '../../../../../src/protocol/lines/line.js';
import type { Notice } from '../../../../../src/protocol/notices/notice.js';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { UdpLines } from '../../../../../src/threads/shared/udp-lines.js';
import { AskedProxies } from '../../../../../src/workers/connection/udp/ways/asked-proxies.js';

const HOP: Hop = { kind: 'socks5', host: '192.0.2.80', port: 1080, username: undefined, password: undefined };
const LINE = { number: 0, name: 'office', hops: [HOP] };
const IP = parseIp(HOP.host);
const REFUSED = failureOf('proxy-unreachable', 'ECONNREFUSED');

function world() {
  const engine = { now: 1000 };
  const health = new LineHealth(1);
  const udpLines = new UdpLines(UdpLines.create(), () => Math.floor(engine.now / 100));
  const events: LineEvent[] = [];
  const notices: Notice[] = [];
  const routes = { tell: (event: LineEvent) => void events.push(event) };
  const told = { tell: (notice: Notice) => void notices.push(notice) };
  const asked = new AskedProxies({ engine, health, routes, udpLines, notices: told });
  return { engine, health, udpLines, events, notices, asked };
}

test('a proxy that cannot be reached counts for connections as a failed attempt of a race does', () => {
  const { engine, health, udpLines, events, notices, asked } = world();
  for (let dial = 0; dial < 3; dial += 1) {
    assert.equal(health.mayUse(0, engine.now), true);
    asked.begins(0);
    asked.failed(LINE, IP, REFUSED, 'no', false);
  }
  assert.equal(health.mayUse(0, engine.now), false, 'its circuit is open');
  const why = { cause: 'proxy-unreachable', detail: 'ECONNREFUSED', address: '192.0.2.80:1080' } as const;
  assert.deepEqual(events, Array<LineEvent>(3).fill({ kind: 'proxy-failed', line: 0, why }));
  engine.now += 12_000;
  assert.deepEqual(udpLines.of(0).failed, { cause: 'proxy-unreachable', was_asked: false, ago_ms: 12_000 });
  assert.equal(notices.length, 3);
  const [{ topic, level, message, fields, good }] = notices;
  assert.deepEqual([topic, level, good], ['datagrams over line office', 'warn', undefined]);
  assert.match(message, /^line "office" carries no datagrams for now: a proxy of the line cannot be reached$/);
  assert.deepEqual(fields, { line: 'office', ...why });
  // The dial that begins now is the trial.
  assert.equal(health.mayUse(0, engine.now), true);
  asked.begins(0);
  assert.equal(health.mayUse(0, engine.now), false);
  asked.associated(LINE);
  assert.deepEqual([health.mayUse(0, engine.now), health.circuit(0, engine.now)], [true, undefined]);
  assert.equal(events.at(-1)?.kind, 'proxy-reached');
  const { relays, failed } = udpLines.of(0);
  assert.deepEqual([relays, failed], ['yes', undefined]);
});

test('a proxy that answers can be reached, whatever it says of datagrams', () => {
  const cases = [
    ['line-no-udp', 'no', undefined, 'info'],
    ['proxy-forbids', 'no', undefined, 'info'],
    ['proxy-unreachable', 'unknown', true, 'warn'],
    ['proxy-protocol', 'unknown', true, 'warn'],
  ] as const;
  for (const [code, relays, wasAsked, level] of cases) {
    const { engine, health, udpLines, events, notices, asked } = world();
    for (let failure = 0; failure < 3; failure += 1) health.proxyFailed(0, engine.now, '192.0.2.80:1080');
    asked.failed(LINE, IP, failureOf(code), 'yes', false);
    assert.equal(health.circuit(0, engine.now), undefined, code);
    assert.deepEqual([events.map(({ kind }) => kind), notices.map((one) => one.level)], [['proxy-reached'], [level]]);
    const known = udpLines.of(0);
    assert.deepEqual([known.relays, known.failed?.was_asked], [relays, wasAsked], code);
  }
});

test('what says nothing of the last proxy, or of the requests of others, counts neither way', () => {
  const { engine, health, udpLines, events, notices, asked } = world();
  health.proxyFailed(0, engine.now, '192.0.2.80:1080');
  // Of several proxies an earlier one refuses: whether the last one can be reached is not known.
  asked.failed(LINE, IP, failureOf('line-no-udp'), 'unknown', false);
  assert.deepEqual([udpLines.of(0).relays, events], ['no', []]);
  // Its refusal may be because of the depth of the request.
  asked.failed(LINE, IP, failureOf('loop'), 'unknown', true);
  assert.deepEqual([udpLines.of(0).failed, notices.length], [undefined, 1]);
  // What is the machine's fault, or the link's, is no word about the proxy.
  for (const code of ['out-of-resources', 'link-down', 'source-unavailable'] as const)
    asked.failed(LINE, IP, failureOf(code), 'no', false);
  assert.deepEqual([udpLines.of(0).failed, events, notices.length], [undefined, [], 1]);
  // A name without an address is dialled nowhere.
  asked.failed(LINE, undefined, failureOf('proxy-unreachable', 'no-such-name'), 'no', false);
  assert.deepEqual([udpLines.of(0).failed?.was_asked, events], [false, []]);
  assert.equal(notices[1].fields['address'], undefined);
});
