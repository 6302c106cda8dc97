// A site that moves: two servers on one port, a name for them, and visits that tell which server was reached.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { DnsServer, type Host } from './dns-server.js';
import type { World } from './gateway-world.js';
import { TestServer } from './servers.js';
import { dial } from './socks-client.js';

/** Time for an answer to expire (5 s for a hosts file), a second for the look, and much room for a busy machine. */
const FOLLOWED_MS = 12_000;
/** Between two visits: steady connections, and not all that the machine can make. */
const PACE_MS = 10;
export const TTL_S = 1;
export const OLD = { A: ['127.0.0.2'], ttl_s: TTL_S };
export const NEW = { A: ['127.0.0.3'], ttl_s: TTL_S };

/** Starts two servers on one port that name themselves, and a DNS server with a name for them. */
export async function movable(world: World) {
  const serve = (banner: string, host: string, port = 0) =>
    TestServer.listen((socket) => socket.end(banner), host, port);
  const old = world.use(await serve('old', '127.0.0.2'));
  const { port } = old;
  world.use(await serve('new', '127.0.0.3', port));
  const zones: Record<string, Host> = { 'site.test': OLD };
  const dns = world.use(await DnsServer.start(zones, { negative_ttl_s: TTL_S }));
  const config = { nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1 };
  const visit = async (gateway: number, host = 'site.test'): Promise<string> => {
    const { peer, reply } = await dial(gateway, { host, port });
    const said = reply.rep === 0 ? (await peer.read(3)).toString() : `REP ${reply.rep}`;
    peer.close();
    return said;
  };
  return { zones, dns, config, visit, old };
}

/** Visits until the result is `wanted`; then it must stay so. */
export async function follows(visit: () => Promise<string>, wanted: string): Promise<void> {
  const until = performance.now() + FOLLOWED_MS;
  for (let said = await visit(); said !== wanted; said = await visit()) {
    assert.ok(performance.now() < until, `still ${said}`);
    await pause(PACE_MS);
  }
  for (let again = 0; again < 20; again += 1) assert.equal(await visit(), wanted);
}

/** Visits for a time, always with this result. */
export async function stays(visit: () => Promise<string>, wanted: string, time_ms: number): Promise<void> {
  const until = performance.now() + time_ms;
  while (performance.now() < until) {
    assert.equal(await visit(), wanted);
    await pause(PACE_MS);
  }
}
