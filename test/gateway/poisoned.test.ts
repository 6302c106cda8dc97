// A gateway of the site has been taken over, with keys that the others believe. It costs them one slow first contact for each
// destination, and nothing else.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destinationKey } from '../../src/protocol/routes/destination-key.js';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { DnsServer, deferred, type Host } from '../helpers/dns-server.js';
import type { Gateway, LogRecord } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { Poison } from '../helpers/poison.js';
import { startRedis, whyNoRedis } from '../helpers/redis.js';
import { TestServer } from '../helpers/servers.js';
import { SIGN_KEY } from '../helpers/sign-key.js';
import { dial } from '../helpers/socks-client.js';
import { eventually, until } from '../helpers/until.js';

const SECRET = 'the secret of a site with 32 or more characters';
const HOSTS = ['one', 'two', 'three', 'four', 'five'];
/** Kinds of messages that cannot be believed, each of which it sends. */
const REFUSED = ['replayed', 'unreadable', 'unsigned'];

interface Fleet {
  readonly engine: { readonly state: string };
  readonly news: { readonly read: Record<string, number>; readonly refused: Record<string, number> };
  readonly routes: Readonly<Record<'found' | 'missed' | 'unanswered', number>>;
}

const attempts = ({ attempts: all }: LogRecord): readonly { readonly line: string }[] => all as never;
/** Questions of which something has come: a busy machine may have no answer in time. */
const asked = ({ routes: { found, missed, unanswered } }: Fleet): number => found + missed + unanswered;
const isSwayed = ({ why }: LogRecord): boolean => why === 'told' || why === 'warned';

inBothEngines(
  'a poisoned gateway makes first contacts slow, and touches nothing that is known',
  async (world) => {
    const redis = await startRedis();
    world.use({ close: () => redis.stop() });
    const files = mkdtempSync(join(tmpdir(), 'tcproute-poisoned-'));
    world.use({ close: () => rmSync(files, { recursive: true }) });
    writeFileSync(join(files, 'secret'), SECRET, { mode: 0o600 });
    writeFileSync(join(files, 'key'), SIGN_KEY.pem, { mode: 0o600 });
    const server = world.use(await TestServer.listen((socket) => socket.end('site'), '0.0.0.0'));
    // Sites and networks of their own, since neighbours would tell more.
    const address = (place: number): Uint8Array => Uint8Array.of(127, place + 1, 0, 1);
    const zones: Record<string, Host> = {};
    for (const [place, host] of HOSTS.entries()) zones[`${host}.test`] = { A: [address(place).join('.')] };
    const dns = world.use(await DnsServer.start(zones));
    const gateway = await world.gateway({
      ...{ nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1, log_level: 'debug' },
      upstream: [
        { type: 'direct', name: 'fibre' },
        { type: 'direct', name: 'cable', source_ip: '127.0.0.9' },
      ],
      admin: { listen: '127.0.0.1:0' },
      share: {
        ...{ url: redis.url, gateway: 'alpha', secret_file: join(files, 'secret'), sign_key_file: join(files, 'key') },
        gateways: { alpha: SIGN_KEY.public, beta: Poison.forgedKey, gamma: Poison.publicKey },
      },
    });
    const poison = world.use(new Poison(redis.port, SECRET, 'gamma', 'beta'));
    await poison.ready();
    const destinations = HOSTS.map((host, place) => ({
      ...{ key: destinationKey(`${host}.test`, server.port, undefined), name: `${host}.test`, address: address(place) },
    }));
    const aims = { destinations, praised: 'cable', down: ['fibre'] };
    const fleet = async (): Promise<Fleet> =>
      JSON.parse((await askAdmin(await adminPlace(gateway), '/api/v1/fleet')).body);
    await eventually('the engine is up', async () => (await fleet()).engine.state === 'up');

    const visit = async (host: string): Promise<LogRecord> => {
      const before = gateway.connections.length;
      const { peer } = await dial(gateway.port, { host: `${host}.test`, port: server.port });
      assert.equal((await peer.read(4)).toString(), 'site');
      peer.close();
      await until('the connection is logged', () => gateway.connections.length > before);
      return gateway.connections[before] as LogRecord;
    };
    /** Its name is looked up until the poison has come. */
    const firstContact = async (host: string): Promise<LogRecord> => {
      const before = asked(await fleet());
      const { promise, resolve } = deferred();
      dns.trick = ({ name }) => (name.toLowerCase() === `${host}.test` ? { hold: promise } : undefined);
      const visited = visit(host);
      await eventually('the poison has come, or does not come', async () => asked(await fleet()) > before);
      resolve();
      return visited;
    };

    // What is known before goes on as before.
    await visit('one');
    await poison.strike(aims);
    await eventually('news are read', async () => {
      const { read, refused } = (await fleet()).news;
      return (read['line-down'] ?? 0) > 0 && (read['bad-address'] ?? 0) > 0 && REFUSED.every((why) => refused[why] > 0);
    });
    const known = await visit('one');
    assert.deepEqual([known['why'], attempts(known).length], ['remembered', 1]);

    let swayed = 0;
    for (const host of HOSTS.slice(1)) {
      await poison.strike(aims);
      const first = await firstContact(host);
      if (isSwayed(first)) swayed += 1;
      await poison.strike(aims);
      const second = await visit(host);
      assert.deepEqual([isSwayed(second), attempts(second).length], [false, 2], 'all race, whatever is said');
      await poison.strike(aims);
      const third = await visit(host);
      assert.deepEqual([third['why'], attempts(third).length], ['remembered', 1], 'own eyes lead');
    }
    assert.ok(swayed > 0, 'the poison works at first contacts');
    await nothingIsBad(gateway);
  },
  60_000,
  whyNoRedis(),
);

/** One gateway alone keeps no address out of an answer. */
async function nothingIsBad(gateway: Gateway): Promise<void> {
  const { body } = await askAdmin(await adminPlace(gateway), '/api/v1/bad-addresses?how=site');
  const { addresses } = JSON.parse(body) as { addresses: readonly Record<string, unknown>[] };
  assert.ok(addresses.length > 0);
  for (const { everywhere, names, last } of addresses)
    assert.deepEqual({ everywhere, names, last }, { everywhere: false, names: [], last: [] });
}
