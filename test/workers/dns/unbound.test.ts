// Against a real resolver, unbound: every kind of server, straight and through lines, certificates that are accepted and
// ones that are not.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { type Line, lineOf } from '../../../src/protocol/lines/line.js';
import type { Nameserver } from '../../../src/protocol/options.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { makeResolver, type TestResolver } from '../../helpers/dns-resolver.js';
import { TrickProxy } from '../../helpers/proxies-trick.js';
import { SocksProxy } from '../../helpers/socks-proxy.js';
import { TlsFront } from '../../helpers/tls-proxy.js';
import { startUnbound, type Unbound, whyNoUnbound } from '../../helpers/unbound.js';

const skip = whyNoUnbound() ?? false;
const FOUND = { code: 'found', addresses: ['2001:db8::1', '192.0.2.1'], ttl_s: 60 };
const LONG = { timeout_ms: 10_000, try_timeout_ms: 10_000, udp_retry_ms: 500 };

let unbound: Unbound;
const ends: (() => unknown)[] = [];
before(async () => {
  if (!skip) unbound = await startUnbound();
});
after(() => unbound?.stop());
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  const left = (): string[] =>
    process.getActiveResourcesInfo().filter((kind) => /UDP|TCPSocket|TCPServer|Timeout|TLS/.test(kind));
  for (let turn = 0; turn < 1000 && left().length > 0; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(left(), []);
});

for (const kind of ['udp', 'tcp', 'tls', 'https'] as const) {
  test(`a lookup over ${kind}`, { skip }, async () => {
    const resolver = start([at(kind)]);
    assert.deepEqual(await resolver.lookup('a.test'), FOUND);
    assert.deepEqual(await resolver.lookup('alias.test'), { ...FOUND, ttl_s: 30 });
    assert.equal((await resolver.lookup('none.test')).code, 'no-such-name');
    const nodata = await resolver.lookup('text.test');
    assert.ok(nodata.code === 'no-such-name' && nodata.exists);
    const many = await resolver.lookup('many.test');
    assert.ok(many.code === 'found' && many.addresses.length === 64);
  });

  test(`200 lookups at a time over ${kind}`, { skip }, async () => {
    const resolver = start([at(kind)], { lookups_max: 1000, entries_max: 1000 });
    const names = Array.from({ length: 200 }, (_, index) => `n${index}.test`);
    const answers = await Promise.all([...names, 'a.test'].map((name) => resolver.lookup(name)));
    // Where the machine is so busy that one family is late, it comes afterwards.
    assert.equal(answers.pop()?.code, 'found');
    while (resolver.tables.in_flight.size > 0) await new Promise((resolve) => setImmediate(resolve));
    const whole = await resolver.lookup('a.test');
    assert.deepEqual(whole.code === 'found' && whole.addresses, FOUND.addresses);
    assert.deepEqual(new Set(answers.map(({ code }) => code)), new Set(['no-such-name']));
  });
}

test('tls and https go by name, which hosts has the address of', { skip }, async () => {
  for (const kind of ['tls', 'https'] as const) {
    assert.deepEqual(await start([{ ...at(kind), host: 'dns.test' }]).lookup('a.test'), FOUND);
  }
});

test('a certificate for another name, or of an unknown authority, is not accepted', { skip }, async () => {
  for (const kind of ['tls', 'https'] as const) {
    const other = await start([{ ...at(kind), host: 'other.test' }]).lookup('a.test');
    assert.ok(other.code === 'failed' && /ALTNAME/.test(other.reason), JSON.stringify(other));
    const unknown = await start([at(kind)], { ca_file: undefined }).lookup('a.test');
    assert.ok(unknown.code === 'failed' && /SELF_SIGNED|UNABLE_TO/.test(unknown.reason), JSON.stringify(unknown));
  }
});

test('through a line: every proxy of it, with password and source address', { skip }, async () => {
  for (const kind of ['tcp', 'tls', 'https'] as const) {
    const first = await SocksProxy.start();
    const second = await SocksProxy.start('secret', { 'dns.test': '127.0.0.1' });
    ends.push(
      () => first.close(),
      () => second.close(),
    );
    const hop = {
      kind: 'socks5' as const,
      host: '127.0.0.1',
      port: first.port,
      username: undefined,
      password: undefined,
    };
    const far = { kind: 'socks5' as const, host: '127.0.0.1', port: second.port, username: 'user', password: 'secret' };
    const line = lineOf(0, 'chain', { ip: '127.0.0.3', port: 0 }, [hop, far]);
    const server = { ...at(kind), host: kind === 'tcp' ? '127.0.0.1' : 'dns.test', via: 'chain' };
    assert.deepEqual(await start([server], {}, [line]).lookup('a.test'), FOUND);
    assert.deepEqual(first.passed[0], { host: '127.0.0.1', port: second.port, from: '127.0.0.3' });
    assert.deepEqual([second.passed[0]?.host, second.passed[0]?.port], [server.host, server.port]);
  }
});

test('through a line of every kind of proxy', { skip }, async () => {
  for (const spoken of ['socks4', 'http'] as const) {
    const proxy = await TrickProxy.listen('works', 0, spoken);
    ends.push(() => proxy.close());
    const hop = { kind: spoken, host: '127.0.0.1', port: proxy.port, username: undefined, password: undefined };
    const line = lineOf(0, 'l', { ip: undefined, port: 0 }, [hop]);
    for (const kind of ['tcp', 'tls', 'https'] as const) {
      const server = { ...at(kind), host: kind === 'tcp' ? '127.0.0.1' : 'dns.test', via: 'l' };
      assert.deepEqual(await start([server], {}, [line]).lookup('a.test'), FOUND, `${spoken} ${kind}`);
    }
    // Two questions at a time may have a connection each.
    assert.deepEqual([...new Set(proxy.asked)], ['127.0.0.1', 'dns.test']);
  }
});

test('through an https line, alone and with a proxy behind it', { skip }, async () => {
  const [proxy, second] = [await TrickProxy.listen('works', 0, 'http'), await TrickProxy.listen('works')];
  const front = await TlsFront.listen(proxy.port);
  const folder = mkdtempSync(join(tmpdir(), 'unbound-https-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, front.ca);
  ends.push(
    () => proxy.close(),
    () => second.close(),
    () => front.close(),
    () => rmSync(folder, { recursive: true }),
  );
  const none = { username: undefined, password: undefined };
  const tls = { serverName: 'proxy.test', caFile };
  const hop = { kind: 'https' as const, host: '127.0.0.1', port: front.port, ...none, tls };
  const behind = { kind: 'socks5' as const, host: '127.0.0.1', port: second.port, ...none };
  const any = { ip: undefined, port: 0 };
  for (const kind of ['tcp', 'tls', 'https'] as const) {
    const server = { ...at(kind), host: kind === 'tcp' ? '127.0.0.1' : 'dns.test', via: 'l' };
    for (const hops of [[hop], [hop, behind]]) {
      const answer = await start([server], LONG, [lineOf(0, 'l', any, hops)]).lookup('a.test');
      assert.deepEqual(answer, FOUND, `${kind} ${hops.length}`);
    }
  }
  assert.deepEqual(new Set(second.asked), new Set(['127.0.0.1', 'dns.test']));
  const server = { ...at('tls'), via: 'l' };
  const other = { ...hop, tls: { serverName: 'other.test', caFile } };
  const refused = await start([server], LONG, [lineOf(0, 'l', any, [other])]).lookup('a.test');
  assert.ok(refused.code === 'failed' && /ALTNAME|altnames/.test(refused.reason), JSON.stringify(refused));
});

test('a socks4 line is not asked for a server with an IPv6 address', { skip }, async () => {
  const proxy = await TrickProxy.listen('works', 0, 'socks4');
  ends.push(() => proxy.close());
  const hop = {
    kind: 'socks4',
    host: '127.0.0.1',
    port: proxy.port,
    username: undefined,
    password: undefined,
  } as const;
  const line = lineOf(0, 'l', { ip: undefined, port: 0 }, [hop]);
  const answer = await start([{ ...at('tcp'), host: '2001:db8::53', via: 'l' }], {}, [line]).lookup('a.test');
  assert.ok(answer.code === 'failed' && /SOCKS4 has no IPv6 addresses/.test(answer.reason), JSON.stringify(answer));
  assert.equal(proxy.count, 0);
});

test('a direct line gives its source address', { skip }, async () => {
  const line = lineOf(0, 'd', { ip: '127.0.0.4', port: 0 }, []);
  assert.deepEqual(await start([{ ...at('tcp'), via: 'd' }], {}, [line]).lookup('a.test'), FOUND);
});

test('a proxy that is not there, or refuses, fails in time', { skip }, async () => {
  const proxy = await SocksProxy.start('right');
  ends.push(() => proxy.close());
  const hop = { kind: 'socks5' as const, host: '127.0.0.1', port: proxy.port, username: 'user', password: 'wrong' };
  const any = { ip: undefined, port: 0 };
  for (const one of [hop, { ...hop, port: 1 }]) {
    const server = { ...at('tls'), via: 'l' };
    const answer = await start([server], { try_timeout_ms: 2000 }, [lineOf(0, 'l', any, [one])]).lookup('a.test');
    assert.equal(answer.code, 'failed');
  }
});

test('one list may mix all kinds, and a server may be lost', { skip }, async () => {
  const dead = { ...at('tcp'), id: 'dead', port: 1 };
  const resolver = start([dead, at('https'), at('tls'), at('udp')]);
  assert.deepEqual(await resolver.lookup('a.test'), FOUND);
});

function at(kind: Nameserver['kind']): Nameserver {
  const port = kind === 'tls' ? unbound.tlsPort : kind === 'https' ? unbound.httpsPort : unbound.port;
  const path = kind === 'https' ? '/dns-query' : '';
  return { kind, id: `${kind}://127.0.0.1:${port}${path}`, host: '127.0.0.1', port, path, via: undefined };
}

function start(
  servers: readonly Nameserver[],
  dns: Parameters<typeof dnsOptions>[2] = {},
  lines: readonly Line[] = [],
): TestResolver {
  const options = dnsOptions(servers, [], { ...LONG, ca_file: unbound.caFile, ...dns });
  const hosts = { 'dns.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] };
  const resolver = makeResolver({ ...options, hosts, lines });
  ends.push(() => resolver.stop());
  return resolver;
}
