// A gateway of the site has been taken over, and praises a line that connects to the destinations and never answers. Of protocols that are
// not TLS nobody can tell before the client gives up: that costs one connection to each destination, and nothing later.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destinationKey } from '../../src/protocol/routes/destination-key.js';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { DnsServer, deferred, type Host } from '../helpers/dns-server.js';
import type { LogRecord } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { Poison } from '../helpers/poison.js';
import { startRedis, whyNoRedis } from '../helpers/redis.js';
import { TestServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { eventually, until } from '../helpers/until.js';

const SECRET = 'the secret of a site with 32 or more characters';
const CABLE = '127.0.0.9';
const SAID = 'GET / HTTP/1.0\r\n\r\n';
/** Those that a server speaks first to, and those that it answers. */
const HOSTS = { 'one.test': 'speaks', 'two.test': 'answers' } as const;

interface Fleet {
  readonly engine: { readonly state: string };
  readonly routes: { readonly found: number };
  readonly hints: { readonly first: number; readonly useful: number };
}

inBothEngines(
  'a poisoned route to a line that never answers costs one connection, and neither later ones nor neighbours',
  async (world) => {
    const redis = await startRedis();
    world.use({ close: () => redis.stop() });
    const files = mkdtempSync(join(tmpdir(), 'tcproute-mute-'));
    world.use({ close: () => rmSync(files, { recursive: true }) });
    writeFileSync(join(files, 'secret'), SECRET, { mode: 0o600 });
    let [muted, heard] = [0, 0];
    const serve = (speak: (socket: Socket) => void) =>
      TestServer.listen((socket) => {
        if (socket.remoteAddress !== CABLE) {
          speak(socket);
          return;
        }
        muted += 1;
        socket.on('data', () => {
          heard += 1;
        });
        socket.on('end', () => socket.end());
      }, '0.0.0.0');
    const servers = {
      speaks: world.use(await serve((socket) => socket.resume().end('site'))),
      answers: world.use(await serve((socket) => socket.once('data', () => socket.end('site')))),
    };
    const zones: Record<string, Host> = {};
    for (const [place, host] of Object.keys(HOSTS).entries()) {
      zones[host] = { A: [`127.${place + 1}.0.1`] };
      zones[`www.${host}`] = { A: [`127.${place + 1}.0.2`] };
    }
    const dns = world.use(await DnsServer.start(zones));
    const gateway = await world.gateway({
      ...{ nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1, log_level: 'debug' },
      upstream: [
        { type: 'direct', name: 'fibre' },
        { type: 'direct', name: 'cable', source_ip: CABLE },
      ],
      admin: { listen: '127.0.0.1:0' },
      share: { url: redis.url, gateway: 'alpha', secret_file: join(files, 'secret') },
    });
    const poison = world.use(new Poison(redis.port, SECRET, 'gamma', 'beta'));
    await poison.ready();
    const fleet = async (): Promise<Fleet> =>
      JSON.parse((await askAdmin(await adminPlace(gateway), '/api/v1/fleet')).body);
    await eventually('the engine is up', async () => (await fleet()).engine.state === 'up');

    /** Resolves with its record, once `use` is done with the connection. */
    const visit = async (
      host: string,
      port: number,
      use: (peer: Awaited<ReturnType<typeof through>>) => Promise<void>,
    ): Promise<LogRecord> => {
      const before = gateway.connections.length;
      const peer = await through(gateway.port, { host, port });
      await use(peer);
      peer.close();
      await until('the connection is logged', () => gateway.connections.length > before);
      return gateway.connections[before] as LogRecord;
    };

    for (const [host, kind] of Object.entries(HOSTS)) {
      const { port } = servers[kind];
      const key = destinationKey(host, port, undefined);
      const aims = { praised: 'cable', down: ['fibre'] };
      await poison.tellRoutes({ destinations: [{ key, name: host, address: Uint8Array.of(127, 0, 0, 1) }], ...aims });
      const before = (await fleet()).routes.found;
      const { promise, resolve } = deferred();
      dns.trick = ({ name }) => (name.toLowerCase() === host ? { hold: promise } : undefined);
      const poisoned = visit(host, port, async (peer) => {
        const was = heard;
        peer.send(Buffer.from(SAID));
        await until('it goes over the mute line', () => heard > was);
      });
      await eventually('the poison has come', async () => (await fleet()).routes.found > before);
      resolve();
      const { why, line } = await poisoned;
      assert.deepEqual([why, line], ['told', 'cable']);

      const answered = (of: string) =>
        visit(of, port, async (peer) => {
          peer.send(Buffer.from(SAID));
          assert.equal((await peer.read(4)).toString(), 'site');
        });
      const later = [await answered(`www.${host}`), await answered(host), await answered(host), await answered(host)];
      assert.deepEqual(
        later.map((one) => [one['line'], one['why']]),
        [
          ['fibre', 'connected-first'],
          ['fibre', 'connected-first'],
          ['fibre', 'remembered'],
          ['fibre', 'remembered'],
        ],
      );
    }
    const { first, useful } = (await fleet()).hints;
    assert.deepEqual([first, useful], [2, 0], 'a hint that leads to nothing is of no use');
    assert.ok(muted >= 2);
  },
  60_000,
  whyNoRedis(),
);
