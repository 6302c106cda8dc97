// Rules that block server names, for connections that begin later in a flow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOfIp } from '../../../../../src/protocol/address/target.js';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { LaterNames } from '../../../../../src/workers/connection/udp/quic/later-names.js';
import { CLIENT_IDS, cryptoFrame, helloMessage, ofClient } from '../../../../helpers/quic/packets.js';

const id = (last: number): Uint8Array => Uint8Array.of(1, 2, 3, 4, 5, 6, 7, last);

/** The datagrams of a connection to a server, its ClientHello in so many of them. */
function connection(serverName: string, last: number, parts = 1): Uint8Array[] {
  const message = helloMessage({ serverName });
  const size = Math.ceil(message.length / parts);
  return Array.from({ length: parts }, (_, i) =>
    ofClient(cryptoFrame(i * size, message.subarray(i * size, (i + 1) * size)), {
      ...{ chosen: id(last), destination: id(last), number: i },
    }),
  );
}

function names(): { isBlocked(datagram: Uint8Array): boolean; asked: string[] } {
  const asked: string[] = [];
  const later = new LaterNames(targetOfIp(Uint8Array.of(192, 0, 2, 1), 443), ({ host }) => {
    asked.push(host);
    return host === 'bad.test' ? failureOf('blocked') : { code: 'allowed', lines: [] };
  });
  return { isBlocked: (datagram) => later.isBlocked(datagram, 0, datagram.length), asked };
}

test('a connection to a blocked server is, and repeats of it; others are not', () => {
  const later = names();
  const [good] = connection('good.test', 1);
  const [bad] = connection('bad.test', 2);
  assert.ok(good && bad);
  assert.deepEqual(
    [later.isBlocked(good), later.isBlocked(bad), later.isBlocked(bad), later.isBlocked(good)],
    [false, true, true, false],
  );
});

test('a ClientHello in several datagrams is known by its last one, also between others', () => {
  const later = names();
  const [first, second] = connection('bad.test', 1, 2);
  assert.ok(first && second);
  assert.equal(later.isBlocked(first), false);
  for (let last = 2; last < 5; last += 1) for (const one of connection('good.test', last)) later.isBlocked(one);
  assert.equal(later.isBlocked(second), true);
});

test('what has no server name, or is no beginning of a connection, asks nothing', () => {
  const later = names();
  const { server } = CLIENT_IDS;
  assert.equal(later.isBlocked(ofClient([2, 0, 0, 0, 0], { destination: server })), false);
  assert.equal(later.isBlocked(new Uint8Array(1300).fill(0xff)), false);
  assert.equal(later.isBlocked(Uint8Array.of(0xc3, 0, 0, 0, 1)), false);
  assert.deepEqual(later.asked, []);
});
