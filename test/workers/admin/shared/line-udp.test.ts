// What a line makes of datagrams, in a word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UdpLine } from '../../../../src/threads/shared/udp-lines.js';
import { lineUdp } from '../../../../src/workers/admin/shared/line-udp.js';

const NEW: UdpLine = { relays: 'unknown', asked_ms: undefined, silent_ms: undefined, failed: undefined };
const hop = (kind: 'socks5' | 'http') =>
  ({ kind, host: '192.0.2.80', port: 1080, username: undefined, password: undefined }) as const;
const DIRECT = { hops: [], isDirect: true };
const SOCKS = { hops: [hop('socks5'), hop('socks5')], isDirect: false };
const MIXED = { hops: [hop('socks5'), hop('http')], isDirect: false };

test('the configuration goes first, then what the proxies have last said', () => {
  const failed = { cause: 'proxy-unreachable', was_asked: false, ago_ms: 12_000 } as const;
  const states: readonly (readonly [string, Parameters<typeof lineUdp>[0], Partial<UdpLine>])[] = [
    ['direct', DIRECT, {}],
    ['no-command', MIXED, {}],
    ['not-asked', SOCKS, {}],
    ['relays', SOCKS, { relays: 'yes', asked_ms: 100 }],
    ['refuses', SOCKS, { relays: 'no', asked_ms: 100 }],
    // It relayed before; that is no more than a hope.
    ['unreachable', SOCKS, { relays: 'yes', asked_ms: 60_000, failed }],
    ['fails', SOCKS, { failed: { ...failed, was_asked: true } }],
  ];
  for (const [state, line, known] of states) assert.equal(lineUdp(line, { ...NEW, ...known }).state, state);
  assert.deepEqual(lineUdp(SOCKS, { ...NEW, failed, silent_ms: 500 }), {
    ...{ state: 'unreachable', ago_ms: 12_000, cause: 'proxy-unreachable', silent_ms: 500 },
  });
  assert.deepEqual(lineUdp(DIRECT, { ...NEW, silent_ms: 500 }).silent_ms, 500);
});
