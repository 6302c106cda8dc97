// `system` where hosts files and DNS are all there is: the servers of resolv.conf, asked by ourselves.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { type Getaddrinfo, SystemNames } from '../../../../src/workers/dns/servers/getaddrinfo.js';
import { dnsOptions, SYSTEM } from '../../../helpers/dns-options.js';
import { makeResolver, type TestResolver } from '../../../helpers/dns-resolver.js';
import { type ChooseTrick, DnsServer, deferred } from '../../../helpers/dns-server.js';

const ZONES = {
  'a.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'], ttl_s: 60 },
  'www.corp.test': { A: ['192.0.2.80'], ttl_s: 60 },
  'www.example.test': { A: ['192.0.2.81'], ttl_s: 60 },
  'www.example.test.trap.test': { A: ['192.0.2.66'], ttl_s: 60 },
};
const A_TEST = { code: 'found', addresses: ['2001:db8::1', '192.0.2.1'], ttl_s: 60 };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test("resolv.conf's servers answer, with their TTLs, and getaddrinfo is not asked", async () => {
  const { resolver } = await world();
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  assert.deepEqual(await resolver.lookup('none.test'), { code: 'no-such-name', exists: false, ttl_s: 30 });
});

test('the search list is gone through', async () => {
  const { resolver, server } = await world({ search: 'lan corp.test' });
  await resolver.lookup('a.test');
  assert.deepEqual(await resolver.lookup('www'), { code: 'found', addresses: ['192.0.2.80'], ttl_s: 60 });
  const asked = server.queries.filter(({ type }) => type === 'A').map(({ name }) => name.toLowerCase());
  assert.deepEqual(asked, ['a.test', 'www.lan', 'www.corp.test']);
});

test('an absolute name never goes through the search list, and is kept apart from the other', async () => {
  const { resolver, server } = await world({ search: 'trap.test', options: 'ndots:5' });
  const found = (address: string) => ({ code: 'found', addresses: [address], ttl_s: 60 });
  assert.deepEqual(await resolver.lookup('www.example.test.'), found('192.0.2.81'));
  assert.deepEqual(await resolver.lookup('www.example.test'), found('192.0.2.66'));
  assert.deepEqual(await resolver.lookup('www.example.test.'), found('192.0.2.81'));
  const asked = server.queries.filter(({ type }) => type === 'A').map(({ name }) => name.toLowerCase());
  assert.deepEqual(asked, ['www.example.test', 'www.example.test.trap.test']);
});

test('a name that hangs holds up no other', async () => {
  const gate = deferred();
  const { resolver, server } = await world({
    trick: ({ name }) => (/^slow/i.test(name) ? { hold: gate.promise } : undefined),
  });
  const slow = Array.from({ length: 50 }, (_, index) => resolver.lookup(`slow${index}.test`));
  while (server.count() < 100) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  gate.resolve();
  for (const one of slow) assert.equal((await one).code, 'no-such-name');
});

test('resolv.conf is read again when it has changed', async () => {
  const { resolver, write, clock } = await world();
  await resolver.lookup('a.test');
  // Nobody listens there.
  write('nameserver 127.0.0.77');
  clock.ms += 61_000;
  assert.equal((await resolver.lookup('a.test')).code, 'failed');
  write('nameserver 127.0.0.1');
  clock.ms += 61_000;
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
});

test('a silent system server is asked over TCP', async () => {
  const { resolver } = await world({
    trick: ({ transport }) => (transport === 'udp' ? 'drop' : undefined),
    try_timeout_ms: 300,
  });
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
});

test('names of the link go to getaddrinfo', async () => {
  const asked: string[] = [];
  const { resolver } = await world({
    getaddrinfo: async (name) => {
      asked.push(name);
      return [{ address: '192.0.2.9' }];
    },
  });
  const answer = await resolver.lookup('printer.local');
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['192.0.2.9']);
  assert.deepEqual(asked, ['printer.local']);
});

test('system may stand in a list with others', async () => {
  const { server, resolver } = await world({ trick: () => 'servfail' });
  assert.equal((await resolver.lookup('a.test')).code, 'failed');
  const other = await DnsServer.start(ZONES);
  ends.push(() => other.close());
  const mixed = await world({ trick: () => 'servfail', others: [other] });
  assert.deepEqual(await mixed.resolver.lookup('a.test'), A_TEST);
  assert.ok(server.count() > 0 && mixed.server.count() > 0);
});

const LDAP = 'hosts: files ldap dns';

test('where another service takes part, names that hang hold up none that DNS knows', async () => {
  const asked: string[] = [];
  const hang = deferred();
  const { resolver, server } = await world({
    nsswitch: LDAP,
    getaddrinfo: async (name) => {
      asked.push(name);
      await hang.promise;
      return [];
    },
    try_timeout_ms: 300,
    timeout_ms: 3000,
  });
  const slow = Array.from({ length: 20 }, (_, index) => resolver.lookup(`slow${index}.test`));
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  // Both threads are held, and none of the slow names has an answer yet.
  assert.deepEqual(asked, ['slow0.test', 'slow1.test']);
  assert.ok(server.count() >= 2);
  // They time out: that DNS knows nothing of them says nothing of the other service.
  for (const one of slow) assert.equal((await one).code, 'failed');
  hang.resolve();
});

test('what only the other service knows is found, though DNS knows nothing of it', async () => {
  const gate = deferred();
  const { resolver, server } = await world({
    nsswitch: LDAP,
    getaddrinfo: async () => {
      await gate.promise;
      return [{ address: '192.0.2.44' }];
    },
  });
  const lookup = resolver.lookup('directory.test');
  while (server.count() < 2) await new Promise((resolve) => setImmediate(resolve));
  gate.resolve();
  const answer = await lookup;
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['192.0.2.44']);
});

test('the other service comes before DNS while it answers', async () => {
  const { resolver, server } = await world({ nsswitch: LDAP, getaddrinfo: async () => [{ address: '192.0.2.44' }] });
  const answer = await resolver.lookup('a.test');
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['192.0.2.44']);
  assert.equal(server.count(), 0);
});

test('DNS is asked at once where getaddrinfo could not tell', async () => {
  const failure = Object.assign(new Error('failed'), { code: 'EAI_AGAIN' });
  const { resolver } = await world({ nsswitch: LDAP, getaddrinfo: () => Promise.reject(failure) });
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
});

test('DNS is not asked where the machine does not ask it', async () => {
  const failure = Object.assign(new Error('failed'), { code: 'EAI_AGAIN' });
  const { resolver, server } = await world({
    nsswitch: 'hosts: files ldap',
    getaddrinfo: () => Promise.reject(failure),
  });
  assert.equal((await resolver.lookup('a.test')).code, 'failed');
  assert.equal(server.count(), 0);
});

interface Choices {
  readonly trick?: ChooseTrick;
  readonly search?: string;
  readonly options?: string;
  readonly getaddrinfo?: Getaddrinfo;
  readonly others?: readonly DnsServer[];
  readonly nsswitch?: string;
  readonly try_timeout_ms?: number;
  readonly timeout_ms?: number;
}

interface World {
  readonly server: DnsServer;
  readonly resolver: TestResolver;
  readonly clock: { ms: number };
  write(resolvConf: string): void;
}

/** Tries are long, since a test that waits for none of them to end must not be cut short on a busy machine. */
async function world(choices: Choices = {}): Promise<World> {
  const {
    trick,
    search,
    options,
    getaddrinfo = never,
    others = [],
    nsswitch = 'hosts: files dns',
    try_timeout_ms = 5000,
    timeout_ms = 20_000,
  } = choices;
  const server = await DnsServer.start(ZONES, trick === undefined ? {} : { trick });
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-resolv-'));
  const resolvConf = join(directory, 'resolv.conf');
  const write = (text: string): void => writeFileSync(resolvConf, `${text}\n`);
  write(
    `nameserver 127.0.0.1\n${search === undefined ? '' : `search ${search}`}\n${options === undefined ? '' : `options ${options}`}`,
  );
  writeFileSync(join(directory, 'nsswitch.conf'), `${nsswitch}\n`);
  const clock = { ms: 1_000_000 };
  const servers = [SYSTEM, ...others.map((other) => other.at)];
  const resolver = makeResolver(dnsOptions(servers, [], { try_timeout_ms, timeout_ms }), {
    files: { resolvConf, nsswitch: join(directory, 'nsswitch.conf'), port: server.port },
    system: new SystemNames({ parallel: 2, queue_max: 10 }, getaddrinfo),
    now: () => clock.ms,
  });
  ends.push(
    () => rmSync(directory, { recursive: true }),
    () => server.close(),
    () => resolver.stop(),
  );
  return { server, resolver, clock, write };
}

function never(name: string): never {
  throw new Error(`getaddrinfo was asked for ${name}`);
}
