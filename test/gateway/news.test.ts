// What one gateway of a site sees of its lines, another one hears over a real Redis.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeKeys } from '../../src/main/commands/fleet/key.js';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import type { Gateway, LogRecord } from '../helpers/gateway.js';
import { World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { startRedis, whyNoRedis } from '../helpers/redis.js';
import { TestServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { eventually, until } from '../helpers/until.js';

interface News {
  readonly told: number;
  readonly read: Readonly<Record<string, number>>;
}

const newsOf = async (gateway: Gateway): Promise<News> =>
  JSON.parse((await askAdmin(await adminPlace(gateway), '/api/v1/fleet')).body).news;

const linesTried = ({ attempts }: LogRecord): readonly string[] =>
  (attempts as readonly { readonly line: string }[]).map(({ line }) => line);

test('a line whose proxy one gateway cannot reach waits at the first contacts of another one, until it works there', {
  skip: whyNoRedis() ?? false,
}, async (context) => {
  const world = new World('epoll');
  context.after(() => world.end());
  const redis = await startRedis();
  world.use({ close: () => redis.stop() });
  const files = mkdtempSync(join(tmpdir(), 'tcproute-news-'));
  world.use({ close: () => rmSync(files, { recursive: true }) });
  const made = ['alpha', 'beta'].map((name) => makeKeys(name, files));
  const keys = made.map((one) => {
    assert.equal(one.kind, 'made');
    return one.keys;
  });
  const server = world.use(await TestServer.listen((socket) => socket.end('site')));
  const [gone, works] = [await freePort(), world.use(await TrickProxy.listen('works'))];
  const there = world.use(await TrickProxy.listen('silent'));
  /** Lines of one name, by the port of the proxy that each has for it. */
  const start = (gateway: 'alpha' | 'beta', mobile: number): Promise<Gateway> =>
    world.gateway({
      ...{ workers: 1, log_level: 'debug', admin: { listen: '127.0.0.1:0' } },
      upstream: [
        { type: 'socks5', name: 'mobile', host: '127.0.0.1', port: mobile },
        { type: 'socks5', name: 'fibre', host: '127.0.0.1', port: works.port },
      ],
      share: {
        ...{ url: redis.url, gateway, secret_file: join(files, keys[0].secret_file) },
        sign_key_file: join(files, keys[gateway === 'alpha' ? 0 : 1].sign_key_file),
        gateways: { alpha: keys[0].public_key, beta: keys[1].public_key },
      },
    });
  const [alpha, beta] = [await start('alpha', gone), await start('beta', there.port)];
  const visit = async (gateway: Gateway, host: string): Promise<LogRecord> => {
    const before = gateway.connections.length;
    const { peer } = await dial(gateway.port, { host, port: server.port });
    assert.equal((await peer.read(4)).toString(), 'site');
    peer.close();
    await until('the connection is logged', () => gateway.connections.length > before);
    return gateway.connections[before] as LogRecord;
  };

  // Each first contact of alpha finds out that the proxy is not there, and beta has not seen it work.
  let host = 0;
  let warned = '';
  await eventually('beta begins without the line', async () => {
    host += 1;
    await visit(alpha, `a${host}.test`);
    const met = await visit(beta, `b${host}.test`);
    if (met['why'] !== 'warned') return false;
    assert.deepEqual(linesTried(met), ['fibre']);
    warned = `b${host}.test`;
    return true;
  });
  assert.ok((await newsOf(alpha)).told > 0);
  // Where the others are silent, the line has its turn a moment later.
  there.trick = 'works';
  works.trick = 'silent';
  assert.equal((await visit(beta, 'c.test'))['line'], 'mobile');
  // It works, so that the word is over for all first contacts.
  works.trick = 'works';
  assert.equal(linesTried(await visit(beta, 'd.test')).length, 2);
  // What was met without the line is met with all once more.
  assert.equal(linesTried(await visit(beta, warned)).length, 2);
});
