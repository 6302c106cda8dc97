// What a client is counted as that leaves, or is late, in the middle of its handshake.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inbound } from '../../../src/protocol/inbound/inbound.js';
import { inboundOf } from '../../../src/protocol/inbound/protocols.js';
import { afterProxyHeader } from '../../../src/protocol/inbound/proxy-header.js';
import { INBOUND_NAMES, type InboundName } from '../../../src/protocol/inbound-name.js';

/** What it speaks by these bytes, at whatever place they are split. */
function spoken(inbound: Inbound, hello: readonly number[] | string): string {
  const bytes = Uint8Array.from(typeof hello === 'string' ? Buffer.from(hello, 'latin1') : hello);
  const found = new Set<string>();
  for (let split = 0; split <= bytes.length; split += 1) {
    let reads = inbound;
    let next = 0;
    for (const end of [split, bytes.length]) {
      for (let step = reads.feed(bytes, next, end); step.kind !== 'incomplete'; step = reads.feed(bytes, next, end)) {
        assert.ok(step.kind === 'proceed' || step.kind === 'claimed', `${step.kind} at ${split}`);
        const { size, next: behind } = step.kind === 'claimed' ? step.accepted : step;
        reads = behind;
        next += size;
      }
    }
    found.add(reads.speaks(bytes.subarray(next)));
  }
  assert.equal(found.size, 1, [...found].join());
  return [...found].join();
}

const LOGGED_IN = [5, 1, 2, 1, 1, 97, 1, 98];

test('a client is counted by the protocol that it has begun to speak', () => {
  const all = inboundOf(INBOUND_NAMES, false);
  const users = inboundOf(INBOUND_NAMES, true);
  for (const hello of [[5], [5, 2, 0], [5, 1, 0], [5, 1, 0, 5, 1, 0, 3, 9]]) assert.equal(spoken(all, hello), 'socks5');
  for (const inbound of [all, users]) assert.equal(spoken(inbound, LOGGED_IN), 'socks5');
  for (const hello of [[4], [4, 1, 0, 80, 1, 2]]) assert.equal(spoken(all, hello), 'socks4');
  for (const hello of ['G', 'CONNECT a:1 HT', 'GET http://a/ HTTP/1.1\r\nHost: a\r\n', '\r\nGET']) {
    assert.equal(spoken(all, hello), 'http', hello);
  }
  for (const hello of ['', '\r\n', 'SS', 'PROX', [22]]) assert.equal(spoken(all, hello), 'unknown');
});

test('also where the listener does not speak it, and behind a header', () => {
  const only = (name: InboundName): Inbound => inboundOf([name], false);
  assert.deepEqual(
    [spoken(only('http'), [5, 2]), spoken(only('http'), [4, 1]), spoken(only('socks5'), 'GET')],
    [...['socks5', 'socks4', 'http']],
  );
  const behind = afterProxyHeader(inboundOf(INBOUND_NAMES, false), { mayCome: () => true, proxyMayCome: true });
  const header = 'PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080\r\n';
  assert.deepEqual(
    [spoken(behind, ''), spoken(behind, header.slice(0, 20)), spoken(behind, header), spoken(behind, `${header}CONN`)],
    ['unknown', 'proxy-header', 'unknown', 'http'],
  );
});
