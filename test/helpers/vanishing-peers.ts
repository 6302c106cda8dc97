// A script for a network namespace (namespace.ts): connections through a gateway of each engine whose peers vanish, because
// the network is switched off. Returns how each connection ended for the gateway.
import { spawnSync } from 'node:child_process';
import { type EngineName, Gateway } from './gateway.js';
import { PeerServer } from './servers.js';
import { through } from './socks-client.js';
import { until } from './until.js';

export interface Vanish {
  readonly engines: readonly EngineName[];
  /** Of the gateways; each peer is probed after `keepalive_s` of silence. */
  readonly config: object;
  readonly keepalive_s: number;
  readonly within_ms: number;
}

/** By engine: how the quiet and the half-closed connections ended. */
export type Vanished = Readonly<Record<string, readonly (string | undefined)[]>>;

function network(state: 'up' | 'down'): void {
  const { status, stderr } = spawnSync('ip', ['link', 'set', 'lo', state], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip link set lo ${state}: ${stderr}`);
}

async function vanish({ engines, config: asked, keepalive_s, within_ms }: Vanish): Promise<Vanished> {
  const server = await PeerServer.listen();
  const config: object = { workers: 1, log_level: 'debug', ...asked };
  const gateways: Gateway[] = [];
  for (const engine of engines) gateways.push(await Gateway.start(config, engine));
  const quiet = await Promise.all(gateways.map(({ port }) => through(port, server)));
  const halfClosed = await Promise.all(gateways.map(({ port }) => through(port, server)));
  for (const client of halfClosed) client.end();
  await until(
    'the ends have arrived',
    () => server.peers.filter(({ ending }) => ending === 'eof').length === engines.length,
  );
  // Keepalive is set only on connections that have lasted.
  await new Promise((resolve) => setTimeout(resolve, keepalive_s * 1000));
  network('down');
  await until('they are over', () => gateways.every(({ connections }) => connections.length === 2), within_ms);
  network('up');
  const endings = gateways.map(({ connections }) => connections.map(({ ending }) => ending));
  for (const client of [...quiet, ...halfClosed]) client.close();
  await server.close();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  return Object.fromEntries(engines.map((engine, index) => [engine, endings[index]]));
}

process.on('message', (asked: Vanish) => {
  vanish(asked).then(
    (vanished) => process.send?.(vanished),
    // Exits at once: what has been started would keep the process alive, and ends with it.
    (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
  );
});
network('up');
process.send?.({});
