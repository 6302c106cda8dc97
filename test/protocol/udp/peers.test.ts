// To whose flow an answer belongs: by way, address and port, and by way and address where the filter asks for no more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Endpoint, endpointOf, ipOf } from '../../../src/protocol/udp/endpoint.js';
import { type Peer, Peers } from '../../../src/protocol/udp/peers.js';

type One = Peer<string, string>;

const FOUR = Uint8Array.of(192, 0, 2, 200);
const SIX = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 2, 255, 255, 255, 255);
const peer = (way: string, flow: string, ip: Uint8Array, port: number): One => ({
  way,
  flow,
  endpoint: endpointOf(ip, port),
});

describe('peers', () => {
  test('an address is the same as numbers and as bytes', () => {
    for (const ip of [FOUR, SIX]) assert.deepEqual(ipOf(endpointOf(ip, 1)), ip);
    assert.deepEqual(endpointOf(FOUR, 9), { isIpv6: false, a: 0xc00002c8 | 0, b: 0, c: 0, d: 0, port: 9 });
  });

  test('only the very address and port, over the same way, is a peer', () => {
    const peers = new Peers<string, string, One>('endpoint', 3);
    const ones = [
      peer('a', '1', FOUR, 53),
      peer('a', '2', FOUR, 54),
      peer('b', '3', FOUR, 53),
      peer('a', '4', SIX, 53),
    ];
    for (const one of ones) peers.add(one);
    for (const one of ones) assert.equal(peers.find(one.way, one.endpoint), one);
    const none: readonly (readonly [string, Endpoint])[] = [
      ['b', endpointOf(FOUR, 54)],
      ['c', endpointOf(FOUR, 53)],
      ['a', endpointOf(Uint8Array.of(192, 0, 2, 201), 53)],
      ['b', endpointOf(SIX, 53)],
      ['a', { ...endpointOf(SIX, 53), d: 1 }],
      ['a', { ...endpointOf(FOUR, 53), isIpv6: true }],
    ];
    for (const [way, endpoint] of none) assert.equal(peers.find(way, endpoint), undefined);
    assert.equal(peers.findAddress('a', endpointOf(FOUR, 1)), undefined, 'nobody asks for addresses alone');
    assert.equal(peers.size, 4);
  });

  test('with the filter `address` any port of a peer is known', () => {
    const peers = new Peers<string, string, One>('address', 3);
    const one = peer('a', '1', SIX, 53);
    peers.add(one);
    assert.equal(peers.findAddress('a', endpointOf(SIX, 7)), one);
    assert.equal(peers.findAddress('b', endpointOf(SIX, 7)), undefined);
    assert.equal(peers.findAddress('a', { ...endpointOf(SIX, 7), c: 7 }), undefined);
    peers.remove(one);
    assert.equal(peers.findAddress('a', endpointOf(SIX, 7)), undefined);
    assert.equal(peers.find('a', one.endpoint), undefined);
  });

  test('two flows may have one peer, and each leaves alone', () => {
    const peers = new Peers<string, string, One>('endpoint', 3);
    const [one, other] = [peer('a', '1', FOUR, 53), peer('a', '2', FOUR, 53)];
    peers.add(one);
    peers.add(other);
    peers.remove(one);
    assert.equal(peers.find('a', one.endpoint), other);
    peers.remove(other);
    assert.equal(peers.find('a', one.endpoint), undefined);
  });
});
