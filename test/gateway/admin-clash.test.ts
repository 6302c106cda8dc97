// A dashboard for Clash beside a gateway: what it asks in its first seconds, in its order, with the token as Clash's secret.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';

const SECRET = 'the-secret-of-the-dashboard';
const ORIGIN = 'https://board.test';

interface Connection {
  readonly id: string;
  readonly upload: number;
  readonly chains: readonly string[];
  readonly metadata: { readonly destinationIP: string; readonly destinationPort: string; readonly sourceIP: string };
}

inBothEngines('a dashboard for Clash connects, follows traffic and connections, and closes one', async (world) => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-clash-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  writeFileSync(join(directory, 'token'), SECRET);
  const server = world.use(await echoServer());
  const gateway = await world.gateway({
    admin: { listen: '127.0.0.1:0', token_file: join(directory, 'token'), origins: [ORIGIN] },
  });
  const place = await adminPlace(gateway);
  const headers = { authorization: `Bearer ${SECRET}`, origin: ORIGIN };
  const get = async <T>(path: string): Promise<T> => {
    const answer = await askAdmin(place, path, { headers });
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, ORIGIN], path);
    return JSON.parse(answer.body) as T;
  };
  assert.match((await get<{ version: string }>('/version')).version, /^tcproute \d/);
  for (const path of ['/configs', '/proxies', '/rules', '/providers/proxies', '/providers/rules']) await get(path);

  const client = world.use(await through(gateway.port, server));
  client.send('x'.repeat(1000));
  await client.read(1000);
  const follow = (path: string): WebSocket => {
    const url = `${place.replace('http', 'ws')}${path}token=${SECRET}`;
    return world.use(new WebSocket(url, { headers: { origin: ORIGIN } }));
  };
  const next = async <T>(socket: WebSocket): Promise<T> => JSON.parse(String((await once(socket, 'message'))[0])) as T;
  const traffic = follow('/traffic?');
  const connections = follow('/connections?interval=1000&');
  const told = await next<{ readonly connections: readonly Connection[] }>(connections);
  const [one] = told.connections;
  assert.ok(one !== undefined && told.connections.length === 1);
  assert.deepEqual([one.chains, one.upload], [['direct', 'Race'], 1000]);
  const { destinationIP, destinationPort, sourceIP } = one.metadata;
  assert.deepEqual([destinationIP, destinationPort, sourceIP], [server.host, `${server.port}`, '127.0.0.1']);
  const { upTotal } = await next<{ upTotal: number }>(traffic);
  assert.ok(upTotal >= 1000, `${upTotal}`);

  const closed = await askAdmin(place, `/connections/${one.id}`, { method: 'DELETE', headers });
  assert.equal(closed.status, 204);
  assert.equal(await client.ended(), 'ECONNRESET');
  assert.equal((await askAdmin(place, '/connections/1-2-3', { method: 'DELETE', headers })).status, 204);
  assert.deepEqual((await get<{ connections: readonly Connection[] }>('/connections')).connections, []);
});
