// A gateway at connections_max, with clients that wait: peers that have vanished are found, and then the longest silent ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Dead, type Ends, FullGateway, pass } from '../helpers/full-gateway.js';
import type { EngineName } from '../helpers/gateway.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import { echoServer } from '../helpers/servers.js';
import type { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';
import { withoutUring } from '../helpers/uring.js';

const engines: EngineName[] = withoutUring === undefined ? ['uring', 'epoll'] : ['epoll'];

for (const engine of engines) {
  test(`as many as wait end, the longest silent first, and none that may be quiet for ever (${engine})`, async () => {
    const kept = await echoServer();
    const quiet = { idle_timeout_ms: 0 };
    const rule = { destinations: undefined, ports: [{ from: kept.port, to: kept.port }] };
    const rules = [{ ...rule, ruling: { lines: undefined, sticky: false as const, quiet } }];
    const full = await FullGateway.start(engine, 5, { rules });
    const peers: Peer[] = [await full.silent('127.0.0.1', kept)];
    for (let count = 0; count < 4; count += 1) peers.push(await full.silent());
    // The third moves once more: now it is the last to fall silent.
    await pass(peers[2] as Peer);
    const more = await Promise.all([full.next(), full.next()]);
    for (const peer of [...more, ...[0, 2, 4].map((place) => peers[place] as Peer)]) await pass(peer);
    for (const place of [1, 3]) await until('it is reset', () => peers[place]?.ending === 'ECONNRESET');
    await until('both are told', () => full.endings().size === 2);
    assert.deepEqual([...full.endings().values()], ['ended-for-room', 'ended-for-room']);
    const said = full.records.filter(({ msg }) => msg.startsWith('connections_max is reached: those'));
    assert.equal(said.length, 1);
    for (const peer of [...peers, ...more]) peer.close();
    await full.stop();
    await kept.close();
  });
}

test('clients that have vanished go first, and those that live stay', {
  skip: withoutNamespaces() ?? false,
}, async () => {
  const namespace = await Namespace.start<Dead, Ends>(new URL('../helpers/full-gateway.js', import.meta.url));
  try {
    const engine = engines[0] as EngineName;
    const [first, vanished, other, last] = await namespace.ask({ engine });
    assert.deepEqual([first, vanished, other], ['open', 'reset-by-client', 'open']);
    assert.match(String(last), /^(reset-by-client|ended-for-room)$/);
  } finally {
    await namespace.close();
  }
});
