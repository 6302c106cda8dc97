// The generator and the far end, before a relay of the test that loses and forges what it is told to.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { FarEnd, Generator } from '../../../../bench/udp/load/ends.js';
import { nothingLeft } from '../../../helpers/nothing-left.js';
import { TestServer } from '../../../helpers/servers.js';
import { readUdpHeader, udpHeader } from '../../../helpers/udp/client.js';
import { UdpServer } from '../../../helpers/udp/servers.js';

afterEach(() => nothingLeft(/UDP|TCP|Process/));

/** A SOCKS5 server whose relay passes on what `passes` says, by the datagram's number. */
async function relaying(passes: (number: number) => boolean, forges = false) {
  let clientPort = 0;
  let number = 0;
  const towards = await UdpServer.listen((bytes, from) => {
    const header = udpHeader({ host: forges ? '127.0.0.9' : from.address, port: from.port });
    inside.send(Buffer.concat([header, bytes]), { address: '127.0.0.1', port: clientPort });
  });
  const inside = await UdpServer.listen((bytes, from) => {
    clientPort = from.port;
    const { host, port, bytes: data } = readUdpHeader(bytes);
    number += 1;
    if (passes(number)) towards.send(data, { address: host, port });
  });
  const bound = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, inside.port >> 8, inside.port & 255]);
  const proxy = await TestServer.listen((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => socket.write(bound));
    });
  });
  return {
    port: proxy.port,
    close: () => Promise.all([proxy.close(), inside.close(), towards.close()]),
  };
}

async function carryOut(relay: { readonly port: number }, destinations: number, rate: number | undefined, joined = 1) {
  const [generator, farEnd] = [new Generator(), new FarEnd()];
  try {
    await generator.ready();
    const port = await farEnd.ready();
    assert.equal(await generator.open(relay.port, port, { associations: 1, destinations }), undefined);
    const outcome = await generator.carryOut({ size: 64, rate, window: 8, joined, duration_ms: 100 });
    await generator.close();
    assert.equal(await farEnd.losses(), 0);
    return outcome;
  } finally {
    await generator.stop();
    await farEnd.stop();
  }
}

test('all that a relay passes on comes back, from where it was sent to', async () => {
  const relay = await relaying(() => true);
  const { sent, answered, unsent, dropped, wrong } = await carryOut(relay, 300, 500);
  assert.ok(sent > 10);
  assert.deepEqual([answered, unsent, dropped, wrong], [sent, 0, 0, 0]);
  await relay.close();
});

test('datagrams that are sent as one come one by one to a relay that does not take them so', async () => {
  const relay = await relaying(() => true);
  const { sent, answered, unsent, wrong } = await carryOut(relay, 3, undefined, 4);
  assert.ok(sent >= 8);
  assert.deepEqual([answered, unsent, wrong], [sent, 0, 0]);
  await relay.close();
});

test('what a relay loses is missing', async () => {
  const relay = await relaying((number) => number % 2 === 0);
  const { sent, answered, wrong } = await carryOut(relay, 1, undefined);
  assert.ok(sent >= 8);
  assert.deepEqual([answered, wrong], [sent >> 1, 0]);
  await relay.close();
});

test('what seems to come from elsewhere is no answer', async () => {
  const relay = await relaying(() => true, true);
  const { sent, answered, wrong } = await carryOut(relay, 1, 200);
  assert.deepEqual([answered, wrong], [0, sent]);
  await relay.close();
});

test('a proxy that refuses is told', async () => {
  const refusing = await TestServer.listen((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => socket.write(Buffer.from([5, 7, 0, 1, 0, 0, 0, 0, 0, 0])));
    });
  });
  const generator = new Generator();
  await generator.ready();
  const shape = { associations: 3, destinations: 1 };
  assert.equal(await generator.open(refusing.port, 9, shape), 'association 1: REP 7');
  await generator.stop();
  await refusing.close();
});
