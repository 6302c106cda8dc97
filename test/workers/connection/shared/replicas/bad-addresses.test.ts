// A connection actor and a DNS actor, each in a thread, against lying servers on loopback.
import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import type { Options } from '../../../../../src/protocol/options.js';
import { ActorsWorld, openSockets } from '../../../../helpers/actors-world.js';
import { defaultOptions } from '../../../../helpers/default-options.js';
import { DnsServer, type Host } from '../../../../helpers/dns-server.js';
import { Injector } from '../../../../helpers/injector.js';

const NAME = 'www.site.com';
const FORGED = '127.0.0.2';
const TRUE = '127.0.0.3';
const NOT_ALLOWED = 2;
const HELLO = '\x16\x03\x01 a ClientHello';
const SERVER_HELLO = '\x16\x03\x03 a ServerHello';

/** Those of standard input and output. */
const sockets = openSockets();
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  for (let turn = 0; turn < 100 && openSockets().length > sockets.length; turn += 1)
    await new Promise((next) => setImmediate(next));
  assert.deepEqual(openSockets(), sockets);
});

for (const engine of ['uring', 'epoll'] as const) {
  test(`${engine}: a cached answer loses an address the moment that it turns bad, whatever its TTL`, async () => {
    const [forged, honest] = await destinations((client, address) => client.end(address));
    const zone: { A: string[] } = { A: [FORGED] };
    const { world, server } = await makeWorld({ [NAME]: zone }, { [NAME]: [FORGED] }, engine);
    assert.equal((await world.ask(NAME, forged.port)).said, FORGED);
    const asked = server.count('A');
    zone.A = [TRUE];
    world.injector.forging = true;
    await until(async () => (await world.ask(NAME, forged.port)).said === TRUE);
    assert.ok(server.count('A') > asked && honest.accepted > 0);
    const accepted = forged.accepted;
    assert.equal((await world.ask(NAME, forged.port)).said, TRUE);
    // Nor is it dialled as a literal: no site can have it, so that it is bad for all names.
    assert.equal((await world.ask(FORGED, forged.port)).reply, NOT_ALLOWED);
    assert.equal(forged.accepted, accepted);
    const [bad] = await world.names.badAddresses();
    assert.deepEqual([bad?.address, bad?.evidence[0]?.how, bad?.evidence[0]?.name], [FORGED, 'spoofing', NAME]);
    // By hand it is undone.
    world.injector.forging = false;
    assert.equal(await world.names.undoBadAddress(FORGED), true);
    await until(async () => (await world.ask(FORGED, forged.port)).said === FORGED);
  });

  test(`${engine}: direct lines never dial the static list, names and literals alike`, async () => {
    const [forged, honest] = await destinations((client, address) => client.end(address));
    const options = { blacklist: ['127.0.0.2/32', '2001:db8::/32'] };
    const { world } = await makeWorld(
      { [NAME]: { A: [FORGED, TRUE] }, 'bad.site.com': { A: [FORGED] } },
      {},
      engine,
      options,
    );
    for (let i = 0; i < 5; i += 1) assert.equal((await world.ask(NAME, forged.port)).said, TRUE);
    for (const literal of [FORGED, '::ffff:127.0.0.2', '2001:db8::1']) {
      assert.equal((await world.ask(literal, forged.port)).reply, NOT_ALLOWED, literal);
    }
    assert.notEqual((await world.ask('bad.site.com', forged.port)).reply, 0);
    assert.deepEqual([forged.accepted, honest.accepted], [0, 5]);
  });
}

test('an address that only resets where another one works is tried last, and still tried', async () => {
  const [bad, good] = await destinations((client, address) => {
    client.once('data', () => {
      if (address === FORGED) client.resetAndDestroy();
      else client.end(SERVER_HELLO);
    });
  });
  // Without a memory of routes, so that every connection chooses anew.
  const { world } = await makeWorld({ [NAME]: { A: [FORGED, TRUE] } }, {}, 'uring', {
    cache: { ...defaultOptions().cache, ttl_s: 0, entries_max: 1 },
  });
  await good.stop();
  for (let i = 0; i < 2; i += 1) assert.deepEqual(await world.ask(NAME, bad.port, HELLO), { reply: 0, said: '' });
  await good.start();
  await bad.stop();
  assert.equal((await world.ask(NAME, bad.port, HELLO)).said, SERVER_HELLO);
  await until(async () => (await world.names.badAddresses()).length > 0);
  const [suspect] = await world.names.badAddresses();
  assert.deepEqual([suspect?.address, suspect?.verdict.last, suspect?.verdict.everywhere], [FORGED, [NAME], false]);
  await bad.start();
  // The push has been sent before this answer comes, on another port: it is there within a few connections.
  await until(async () => {
    const { accepted } = bad;
    for (let i = 0; i < 5; i += 1) await world.ask(NAME, bad.port, HELLO);
    return bad.accepted === accepted;
  });
  const { accepted } = bad;
  for (let i = 0; i < 10; i += 1) assert.equal((await world.ask(NAME, bad.port, HELLO)).said, SERVER_HELLO);
  assert.equal(bad.accepted, accepted);
  await good.stop();
  assert.equal((await world.ask(NAME, bad.port, HELLO)).reply, 0);
  assert.equal(bad.accepted, accepted + 1);
});

interface World extends Pick<ActorsWorld, 'ask' | 'names'> {
  readonly injector: Injector;
}

async function makeWorld(
  zones: Readonly<Record<string, Host>>,
  forged: Readonly<Record<string, readonly string[]>>,
  engine: 'uring' | 'epoll',
  changes: Partial<Options> = {},
): Promise<{ world: World; server: DnsServer }> {
  const server = await DnsServer.start(zones);
  ends.push(() => server.close());
  const injector = await Injector.start(forged);
  injector.forging = false;
  ends.push(() => injector.close());
  const defaults = defaultOptions();
  const { address: host, port } = server;
  const probe = { ...defaults.dns.probe, names: [NAME], phantom_servers: [injector.at], interval_s: 0.05, rounds: 1 };
  const world = await ActorsWorld.start(
    {
      ...defaults,
      nameservers: [{ kind: 'udp', id: `udp://${host}:${port}`, host, port, path: '', via: undefined }],
      dns: { ...defaults.dns, try_timeout_ms: 150, ipv6: 'off', probe },
      ...changes,
    },
    engine,
  );
  ends.push(() => world.close());
  return { world: Object.assign(world, { injector }), server };
}

interface Destination {
  readonly port: number;
  readonly accepted: number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A server at either address, on one port. */
async function destinations(serve: (client: Socket, address: string) => void): Promise<[Destination, Destination]> {
  const first = new LocalDestination(FORGED, 0, serve);
  await first.start();
  const second = new LocalDestination(TRUE, first.port, serve);
  await second.start();
  ends.push(
    () => first.stop(),
    () => second.stop(),
  );
  return [first, second];
}

class LocalDestination implements Destination {
  readonly #address: string;
  readonly #serve: (client: Socket, address: string) => void;
  port: number;
  accepted = 0;
  #server: Server | undefined;

  constructor(address: string, port: number, serve: (client: Socket, address: string) => void) {
    this.#address = address;
    this.#serve = serve;
    this.port = port;
  }

  async start(): Promise<void> {
    const server = createServer((client) => {
      this.accepted += 1;
      client.on('error', () => {});
      this.#serve(client, this.#address);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, this.#address, resolve));
    this.port = (server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) assert.ok(performance.now() < deadline, 'it never came to that');
}
