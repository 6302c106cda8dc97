// `tcproute explain` for each kind of line: what the proxy is asked for, where the name is resolved, and what is told.
import assert from 'node:assert/strict';
import type { Explanation } from '../../src/main/commands/explain/explain.js';
import { whyNoCertificate } from '../helpers/certificate.js';
import { DnsServer } from '../helpers/dns-server.js';
import { explain, explained, HERE, multipath, results } from '../helpers/explain-command.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { caFile, fronted } from '../helpers/https-line.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { bannerServer } from '../helpers/servers.js';

const NAMES = { 'far.test': { A: ['127.0.0.1'], ttl_s: 60 } };
const ANY_BAR = /\|.*\|/g;

/** The text without what differs from run to run. */
const shapeOf = (text: string, port: number): string =>
  text
    .replaceAll(String(port), 'PORT')
    .replaceAll(/ +\d+\.\d(?![\d.])/g, ' N')
    .replaceAll(ANY_BAR, '|BAR|');

interface Way {
  readonly upstream: object;
  readonly proxy: TrickProxy;
}

/** A line with a working proxy of each kind, of the name of its kind. */
async function wayOf(world: World, kind: 'socks5' | 'socks4' | 'http' | 'https'): Promise<Way> {
  if (kind === 'https') {
    const { proxy, line } = await fronted(world);
    return { proxy, upstream: { ...line, server_name: 'proxy.test', name: kind } };
  }
  const proxy = world.use(await TrickProxy.listen('works', 0, kind));
  return { proxy, upstream: { ...proxy.line, name: kind } };
}

for (const kind of ['socks5', 'socks4', 'http', 'https'] as const) {
  inBothEngines(
    `${kind}: the proxy resolves the name, and is the address of the attempt`,
    async (world) => {
      const server = world.use(await bannerServer('220 hello'));
      const dns = world.use(await DnsServer.start(NAMES));
      const { proxy, upstream } = await wayOf(world, kind);
      const config = { nameservers: `127.0.0.1:${dns.port}`, upstream };
      const told = await explain(world, config, `far.test:${server.port}`);
      assert.deepEqual([told.status, told.stderr], [0, '']);
      assert.equal(
        shapeOf(told.stdout, server.port),
        `far.test:PORT

dns
  not asked: every line that may be used leaves names to its proxy

race: 1 attempt, N ms (all times in ms from its beginning)
     ${'line'.padEnd(kind.length)}  address     started  connected     asked  first byte
  1  ${kind.padEnd(4)}  127.0.0.1 N N         - N

  1  |BAR|  won
     0 N ms
     - connecting   = connected   ~ asked   * first byte   x failed

won: ${kind} 127.0.0.1: no other was started (reply 00 to the client)
protocol: the destination spoke first
`,
      );
      assert.deepEqual([proxy.asked, dns.queries.length], [['far.test'], 0]);
    },
    30_000,
    kind === 'https' ? whyNoCertificate() : undefined,
  );
}

inBothEngines('interface and mark: a direct line, which gets the addresses that are resolved here', async (world) => {
  const server = world.use(await bannerServer('220 hello'));
  const dns = world.use(await DnsServer.start(NAMES));
  const proxy = world.use(await TrickProxy.listen('works'));
  const upstream = multipath(
    { type: 'direct', name: 'by lo', interface: 'lo' },
    { type: 'direct', name: 'by nothing', interface: 'gone0' },
    { ...proxy.line, name: 'proxy by nothing', upstream: { type: 'direct', interface: 'gone0' } },
  );
  const names = { nameservers: `127.0.0.1:${dns.port}`, dns: { ...HERE.dns, ipv6: 'off' } };
  const target = `far.test:${server.port}`;
  const { status, stdout, stderr } = await explain(world, { ...names, upstream }, target, '--json');
  const told = JSON.parse(stdout) as Explanation;
  assert.match(stderr, /upstream\.list\[1\]\.interface: this machine has no interface "gone0" now/);
  assert.deepEqual(
    [status, told.resolved, told.race.attempts[told.race.winner ?? -1]?.line],
    [0, 'here-and-by-proxy', 'by lo'],
  );
  assert.deepEqual(told.dns?.choice.code === 'found' && told.dns.choice.addresses, ['127.0.0.1']);
  // Lines without a link take no part in the race.
  assert.deepEqual(results(told), [['by lo', 'connected']]);
  const out = told.outlook?.lines.filter(({ why }) => why.some(({ kind }) => kind === 'link-down'));
  assert.deepEqual(
    out?.map(({ line, turn }) => [line, turn]),
    [
      ['by nothing', 'last'],
      ['proxy by nothing', 'last'],
    ],
  );
  assert.equal(proxy.count, 0);
});

inBothEngines('mark: where the process may not set it, that is the reason', async (world) => {
  const server = world.use(await bannerServer('220 hello'));
  const target = `127.0.0.1:${server.port}`;
  const { stdout, status } = await explain(world, { upstream: { type: 'direct', name: 'marked', mark: 7 } }, target);
  const [reason] = /won: marked|failed: the process may not use the interface or mark of the line/.exec(stdout) ?? [];
  assert.equal(
    reason,
    status === 0 ? 'won: marked' : 'failed: the process may not use the interface or mark of the line',
  );
});

inBothEngines('socks4: for an IPv6 address the line is left out, and the reason is told', async (world) => {
  const server = world.use(await bannerServer('220 hello'));
  const [old, other] = [await wayOf(world, 'socks4'), await wayOf(world, 'socks5')];
  const target = `[2001:db8::1]:${server.port}`;
  const beside = await explain(world, { upstream: multipath(old.upstream, other.upstream) }, target);
  assert.equal(beside.status, 0);
  const why =
    'left out: socks4: the last proxy of the line has no addresses of this kind (SOCKS4 has no IPv6 addresses)';
  assert.ok(beside.stdout.replaceAll(/\s+/g, ' ').includes(why), beside.stdout);
  assert.match(beside.stdout, /\nwon: socks5 127\.0\.0\.1: no other was started/);
  const alone = await explained(world, { upstream: old.upstream }, target);
  assert.deepEqual(
    [alone.status, alone.race.cause, alone.race.attempts, alone.race.reply],
    [1, 'line-address-type', [], 8],
  );
  assert.deepEqual(
    alone.unfit.map(({ line }) => line),
    ['socks4'],
  );
  const name = await explained(world, { upstream: old.upstream }, `far.test:${server.port}`);
  assert.deepEqual([name.status, name.unfit], [0, []]);
  assert.deepEqual([old.proxy.asked, old.proxy.count], [['far.test'], 1]);
});

inBothEngines(
  'https: a certificate that is not the proxy’s is the reason, and OpenSSL’s name of it',
  async (world) => {
    const { line } = await fronted(world);
    const upstream = { ...line, ca_file: caFile('unrelated.test'), name: 'office' };
    const told = await explain(world, { upstream }, 'far.test:443');
    assert.equal(told.status, 1);
    assert.match(told.stdout, /\n {2}1 {2}proxy-certificate: DEPTH_ZERO_SELF_SIGNED_CERT\n/);
    assert.match(
      told.stdout.replaceAll(/\s+/g, ' '),
      /failed: the certificate of the proxy is not trusted, or not its own: DEPTH_ZERO_SELF_SIGNED_CERT \(reply 01/,
    );
  },
  30_000,
  whyNoCertificate(),
);
