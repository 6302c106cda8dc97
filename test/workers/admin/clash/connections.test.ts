// What dashboards for Clash are told of all connections together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActorCounts, newActorMemory } from '../../../../src/threads/shared/actor-memory.js';
import { LineBytes } from '../../../../src/threads/shared/line-bytes.js';
import { UdpCounts } from '../../../../src/threads/shared/udp-counts.js';
import { makeApp } from '../../../../src/workers/admin/app.js';
import { connectionsNow } from '../../../../src/workers/admin/clash/connections.js';
import { UdpTally } from '../../../../src/workers/connection/udp/tally.js';
import { adminParts } from '../../../helpers/admin-parts.js';
import { defaultOptions } from '../../../helpers/default-options.js';
import { FeedWorld } from '../../../helpers/feed-world.js';

test('bytes since the start have those of lines that a reload has removed', async () => {
  const options = defaultOptions();
  const memories = [newActorMemory(0), newActorMemory(1)];
  const [first, second] = memories.map(({ lineBytes }) => new LineBytes(lineBytes));
  first?.add(options.lines[0].number, 1, 2);
  second?.add(options.lines[0].number + 7, 10, 20);
  const counts = new ActorCounts(memories);
  const { uploadTotal, downloadTotal } = await connectionsNow(
    adminParts({ options: () => options, counts: () => counts }),
  );
  assert.deepEqual([uploadTotal, downloadTotal], [11, 22]);
});

test('flows of datagrams are among them as those of network udp, the newest first, and are ended by their ids', async (context) => {
  const { own, flows, served, parts } = new FeedWorld();
  context.after(() => served.close());
  const memory = newActorMemory(0);
  const counts = new ActorCounts([memory]);
  const now = () => connectionsNow({ ...parts, counts: () => counts });
  const control = own.open({ target: 'udp:20003' });
  const name = flows.open({ target: 'example.com:53', kind: 'dns' });
  flows.later(1000);
  const site = flows.open({ target: '192.0.2.9:443', kind: 'quic', line: 1, ip: '192.0.2.9', sni: 'site.test' });
  const networks = async () => (await now()).connections.map(({ metadata }) => metadata['network']);
  assert.deepEqual(await networks(), ['tcp'], 'nobody is asked for flows where none is counted');
  new UdpTally(new UdpCounts(memory.udpCounts)).flowOpened('quic');
  const { connections } = await now();
  const shown = connections.map(({ id, chains, metadata: { network, type, host, destinationIP, sniffHost } }) => [
    ...[id.startsWith('udp-'), network, type, host, destinationIP, sniffHost, chains.join(' < ')],
  ]);
  assert.deepEqual(
    shown.filter(([isFlow]) => isFlow),
    [
      [true, 'udp', 'Socks5', '', '192.0.2.9', 'site.test', 'proxy < Race'],
      [true, 'udp', 'Socks5', 'example.com', '', '', 'Race'],
    ],
  );
  assert.equal(shown.length, 3);
  const app = makeApp({ ...parts, counts: () => counts });
  const [{ id }] = connections.filter(({ metadata }) => metadata['host'] === 'example.com');
  assert.equal((await app.request(`/connections/${id}`, { method: 'DELETE' })).status, 204);
  assert.deepEqual([flows.closed, own.closed], [[name], []]);
  const [tcp] = connections.filter(({ metadata }) => metadata['network'] === 'tcp');
  assert.equal((await app.request(`/connections/${tcp.id}`, { method: 'DELETE' })).status, 204);
  assert.deepEqual([flows.closed, own.closed.map(([slot]) => slot)], [[name], [control]]);
  assert.ok(flows.read(site).ending === undefined);
});
