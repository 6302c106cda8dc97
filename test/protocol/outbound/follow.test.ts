// A chain over a stream of bytes, in pieces of any size.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hop } from '../../../src/protocol/lines/line.js';
import { Chain } from '../../../src/protocol/outbound/chain.js';
import { type Followed, follow, type Goal } from '../../../src/protocol/outbound/follow.js';
import { failureOf } from '../../../src/protocol/race/failure.js';

const HOP: Hop = { kind: 'socks5', host: '192.0.2.1', port: 1080, username: undefined, password: undefined };
const CONNECTED = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];

/** The hops say `replies`; a stream that ends there, or one that goes on for ever. */
async function followed(
  hops: readonly Hop[],
  replies: readonly number[],
  goal: Goal,
  size = 1,
): Promise<{ result: Followed; sent: number; read: number }> {
  let sent = 0;
  let read = 0;
  async function* incoming(): AsyncGenerator<Uint8Array> {
    for (; read < replies.length; read += size) yield Uint8Array.from(replies.slice(read, read + size));
  }
  const carrier = {
    incoming: incoming(),
    send() {
      sent += 1;
    },
  };
  const result = await follow(new Chain(hops, 'example.org', 443), carrier, goal);
  return { result, sent, read };
}

test('up to the destination, through two hops', async () => {
  const { result, sent } = await followed([HOP, HOP], [5, 0, ...CONNECTED, 5, 0, ...CONNECTED], 'destination');
  assert.deepEqual(result, { code: 'reached', rest: new Uint8Array(0) });
  assert.equal(sent, 4);
});

test('what the destination has sent with the last reply is given', async () => {
  const replies = [5, 0, ...CONNECTED, 104, 105];
  const chain = new Chain([HOP], 'example.org', 443);
  async function* incoming(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.from(replies.slice(0, 2));
    yield Uint8Array.from(replies.slice(2));
  }
  const result = await follow(chain, { incoming: incoming(), send: () => {} }, 'destination');
  assert.deepEqual(result, { code: 'reached', rest: Uint8Array.of(104, 105) });
});

test('up to the first answer of the last hop, which is asked for nothing', async () => {
  const one = await followed([HOP], [5, 0], 'answer');
  assert.deepEqual([one.result.code, one.sent], ['reached', 1]);
  const two = await followed([HOP, HOP], [5, 0, ...CONNECTED, 5, 0], 'answer');
  assert.deepEqual([two.result.code, two.sent], ['reached', 3]);
});

test('up to the first answer of a hop that is asked at once: whatever it says of the destination', async () => {
  const of = (kind: Hop['kind']): Hop => ({ ...HOP, kind });
  const bytes = (text: string): number[] => [...Buffer.from(text)];
  const granted = [0, 90, 0, 0, 0, 0, 0, 0];
  const answers: readonly (readonly [Hop['kind'], number[]])[] = [
    ['socks4', granted],
    ['socks4', [0, 91, 0, 0, 0, 0, 0, 0]],
    ['http', bytes('HTTP/1.1 200 OK\r\n\r\n')],
    ['http', bytes('HTTP/1.1 503 No\r\n\r\n')],
    ['https', bytes('HTTP/1.1 403 No\r\n\r\n')],
  ];
  for (const [kind, answer] of answers) {
    assert.equal((await followed([of(kind)], answer, 'answer')).result.code, 'reached');
    assert.equal((await followed([of('socks4'), of(kind)], [...granted, ...answer], 'answer')).result.code, 'reached');
  }
  const failing: readonly (readonly [Hop[], number[]])[] = [
    [[of('http')], bytes('HTTP/1.1 407 No\r\n\r\n')],
    [[of('http')], bytes('HTTP/1.1 400 No\r\n\r\n')],
    [[of('http')], [5, 0]],
    [[of('socks4')], bytes('HTTP/1.1 400 No\r\n\r\n')],
    [[of('socks4')], [0, 93, 0, 0, 0, 0, 0, 0]],
    // The last hop is not reached.
    [
      [of('socks4'), of('http')],
      [0, 91, 0, 0, 0, 0, 0, 0],
    ],
  ];
  for (const [hops, answer] of failing) assert.equal((await followed(hops, answer, 'answer')).result.code, 'failed');
});

test('a hop that refuses is a failure, and nothing more is read', async () => {
  const { result, sent, read } = await followed([HOP], [5, 255, 1, 2, 3], 'destination');
  assert.deepEqual(result, { code: 'failed', failure: failureOf('proxy-authentication') });
  assert.deepEqual([sent, read], [1, 1]);
});

test('a hop that ends the connection has not failed in words', async () => {
  for (const replies of [[], [5], [5, 0], [5, 0, ...CONNECTED.slice(0, 9)]])
    assert.deepEqual((await followed([HOP], replies, 'destination')).result, { code: 'ended' });
});
