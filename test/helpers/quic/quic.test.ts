// The helpers by themselves, without a gateway: the real client and the real server through each trick.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { fetchByQuic } from './client.js';
import type { Forgery } from './forgeries.js';
import { QUIC_TEXT, QuicServer, withoutQuic } from './server.js';
import { TrickRelay, type UdpTrick } from './trick-relay.js';

const skip = withoutQuic() ?? false;

async function through(trick: UdpTrick, use: (relay: TrickRelay) => Promise<void>, args: readonly string[] = []) {
  const server = await QuicServer.start(args);
  const relay = await TrickRelay.listen(server, { '127.0.0.1': trick });
  try {
    await use(relay);
  } finally {
    await relay.close();
    await server.close();
  }
}

test('the client gets the file through a relay that passes', { skip }, () =>
  through('passes', async (relay) => {
    const { text, output } = await fetchByQuic(relay);
    assert.equal(text, QUIC_TEXT, output);
    assert.ok(relay.count('127.0.0.1') > 1);
  }),
);

test('a server that validates addresses sends a Retry, and the client gets the file', { skip }, () =>
  through(
    'passes',
    async (relay) => {
      const { text, output } = await fetchByQuic(relay);
      assert.equal(text, QUIC_TEXT, output);
      assert.match(output, /type=Retry/);
    },
    ['--validate-addr'],
  ),
);

for (const trick of ['swallows', 'swallows-later'] as const)
  test(`no file comes through a relay that ${trick}`, { skip }, () =>
    through(trick, async (relay) => {
      const { text } = await fetchByQuic(relay, { handshake_s: 1 });
      assert.equal(text, undefined);
      assert.ok(relay.count('127.0.0.1') >= 1);
      assert.equal((relay.answers.get('127.0.0.1') ?? 0) > 0, trick === 'swallows-later');
    }),
  );

test('answers that are late come all the same', { skip }, () =>
  through({ late_ms: 50 }, async (relay) => {
    const { text, output } = await fetchByQuic(relay);
    assert.equal(text, QUIC_TEXT, output);
  }),
);

const FORGERIES: readonly Forgery[] = ['initial', 'retry', 'short', 'garbage'];
test('the real client is not misled by forgeries, and gets the file behind them', { skip }, () =>
  through({ forges: FORGERIES, passes: true }, async (relay) => {
    const { text, output } = await fetchByQuic(relay);
    assert.equal(text, QUIC_TEXT, output);
  }),
);

test('a forger that swallows answers and gives no file', { skip }, () =>
  through({ forges: ['initial'] }, async (relay) => {
    const client = createSocket('udp4');
    const answered = once(client, 'message');
    // Version 1, ids of eight and of five octets.
    const initial = Buffer.concat([
      Buffer.from('c0000000010811111111111111110522222222220000', 'hex'),
      Buffer.alloc(1178),
    ]);
    client.send(initial, relay.port, relay.host);
    const [answer] = (await answered) as [Buffer];
    assert.equal(answer.length, 1200);
    assert.equal(answer.subarray(0, 12).toString('hex'), 'c00000000105222222222208');
    client.close();
    assert.equal(relay.answers.size, 0);
  }),
);
