import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { clientPlace } from '../../../src/protocol/udp/client-place.js';

const ipOf = (text: string): Uint8Array => {
  const ip = parseIp(text);
  assert.ok(ip);
  return ip;
};

/** Client, the address to which it has come, what is advertised, whether this machine has that; where it is bound, what is told. */
const PLACES = [
  ['198.51.100.9', '10.0.0.5', '', '10.0.0.5', '10.0.0.5'],
  ['198.51.100.9', '10.0.0.5', '203.0.113.7', '10.0.0.5', '203.0.113.7'],
  ['198.51.100.9', '10.0.0.5', '203.0.113.7 here', '203.0.113.7', '203.0.113.7'],
  // A proxy on this machine has told of the client.
  ['198.51.100.9', '127.0.0.1', '203.0.113.7', '0.0.0.0', '203.0.113.7'],
  ['198.51.100.9', '127.0.0.1', '203.0.113.7 here', '203.0.113.7', '203.0.113.7'],
  ['2001:db8::9', '127.0.0.1', '2001:db8::7', '::', '2001:db8::7'],
  ['2001:db8::9', '127.0.0.1', '2001:db8::7 here', '2001:db8::7', '2001:db8::7'],
  ['2001:db8::9', '127.0.0.1', '', undefined, undefined],
  ['198.51.100.9', '', '', undefined, undefined],
  // Clients of this machine.
  ['127.0.0.1', '127.0.0.1', '203.0.113.7', '127.0.0.1', '127.0.0.1'],
  ['::1', '::1', '2001:db8::7 here', '::1', '::1'],
] as const;

for (const [client, own, advertised, bind, tell] of PLACES) {
  test(`a client ${client} that came to ${own || 'a Unix socket'}, ${advertised || 'nothing'} advertised`, () => {
    const [text = '', here] = advertised.split(' ');
    const told = text === '' ? undefined : ipOf(text);
    const place = clientPlace(ipOf(client), own === '' ? new Uint8Array(0) : ipOf(own), told, () => here === 'here');
    const expected = bind === undefined ? undefined : { bind: ipOf(bind), tell: ipOf(tell) };
    assert.deepEqual(place, expected);
  });
}
