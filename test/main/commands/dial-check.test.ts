// `tcproute check --dial` as its users run it, against real proxies and name servers on loopback.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { whyNoCertificate } from '../../helpers/certificate.js';
import { DnsServer } from '../../helpers/dns-server.js';
import { type Trick, TrickProxy } from '../../helpers/proxies-trick.js';
import type { SpokenKind } from '../../helpers/proxy-speech.js';
import { startRedis, whyNoRedis } from '../../helpers/redis.js';
import { echoServer, TestServer } from '../../helpers/servers.js';
import { TlsFront } from '../../helpers/tls-proxy.js';

const program = fileURLToPath(new URL('../../../../bin/tcproute.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tcproute-dial-'));
after(() => rmSync(directory, { recursive: true }));

function dial(config: object): Promise<{ status: number; lines: string[] }> {
  const file = join(directory, 'c.json');
  writeFileSync(file, JSON.stringify(config));
  const env = { PATH: process.env['PATH'] };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'check', '--dial', '-c', file], { env, timeout: 60_000 }, (error, stdout) => {
      resolve({ status: error === null ? 0 : Number(error.code), lines: stdout.trimEnd().split('\n').slice(1) });
    });
  });
}

test('every line, name server and the port is tried, and told with why it fails', async (t) => {
  const proxies = await Promise.all(
    (['works', 'works', 'unwilling', 'silent'] as const).map((trick) => TrickProxy.listen(trick)),
  );
  const [good, second, unwilling, silent] = proxies as [TrickProxy, TrickProxy, TrickProxy, TrickProxy];
  const taken = await echoServer();
  const dns = await DnsServer.start({}, {});
  const mute = await DnsServer.start({}, { trick: () => 'drop' });
  t.after(() => Promise.all([...proxies, taken, dns, mute].map((one) => one.close())));
  const socks5 = (port: number, more: object = {}) => ({ type: 'socks5', host: '127.0.0.1', port, ...more });
  const { status, lines } = await dial({
    port: taken.port,
    upstream: [
      { type: 'direct', name: 'here', source_ip: '127.0.0.1' },
      socks5(good.port, { name: 'good' }),
      socks5(second.port, { name: 'chain', upstream: socks5(good.port) }),
      socks5(unwilling.port, { name: 'unwilling' }),
      socks5(silent.port, { name: 'silent' }),
      socks5(1, { name: 'nobody' }),
      { type: 'direct', name: 'elsewhere', source_ip: '192.0.2.9' },
    ],
    nameservers: [`127.0.0.1:${dns.port}`],
    nameservers_backup: [`127.0.0.1:${mute.port}`],
    race: { connect_timeout_ms: 500 },
    dns: { ipv6: 'off', probe: { enabled: false } },
  });
  assert.equal(status, 1);
  const shape = lines.map((line) =>
    line
      .replace(/[\d.]+ ms/g, 'N ms')
      .replace(/ +/g, ' ')
      .trim(),
  );
  assert.deepEqual(
    shape.filter((line) => !/\bhere\b/.test(line)),
    [
      'lines:',
      '2 good ok the proxy answers, N ms',
      '3 chain ok all proxies answer, N ms',
      '4 unwilling FAILED the proxy refused our credentials',
      `5 silent FAILED 127.0.0.1:${silent.port} does not answer as a SOCKS5 proxy (no answer within N ms)`,
      '6 nobody FAILED connect ECONNREFUSED 127.0.0.1:1',
      '7 elsewhere FAILED EADDRNOTAVAIL',
      'name servers:',
      `udp://127.0.0.1:${dns.port} ok answers, N ms`,
      `udp://127.0.0.1:${mute.port} FAILED timed out`,
      'listeners:',
      `127.0.0.1:${taken.port} FAILED in use; by a gateway that runs?`,
    ],
  );
  // No proxy was asked for a destination, but for the next proxy.
  assert.deepEqual([good.asked, second.asked], [['127.0.0.1'], []]);
});

/** The outcomes of the lines `upstream`, without times. */
async function outcomes(t: TestContext, upstream: readonly object[]): Promise<string[]> {
  const dns = await DnsServer.start({}, {});
  t.after(() => dns.close());
  const { lines } = await dial({
    port: 0,
    upstream,
    nameservers: [`127.0.0.1:${dns.port}`],
    race: { connect_timeout_ms: 2000 },
    dns: { ipv6: 'off', probe: { enabled: false } },
  });
  return lines.slice(1, 1 + upstream.length).map((line) => line.replace(/^.*?(ok|FAILED) +|, [\d.]+ ms$/g, ''));
}

test('a proxy that is asked at once is asked for a name that nobody has, and any word about it will do', async (t) => {
  const listen = (trick: Trick, kind: SpokenKind) => TrickProxy.listen(trick, 0, kind);
  const [http, socks4, ways] = [
    await listen({ rep: 503 }, 'http'),
    await listen({ rep: 91 }, 'socks4'),
    await listen('works', 'http'),
  ];
  const [socks5, early] = [await listen('works', 'socks5'), await listen('works', 'socks4')];
  const site = await echoServer();
  early.trick = { early: site.port };
  t.after(() => Promise.all([http, socks4, ways, socks5, early, site].map((one) => one.close())));
  const said = await outcomes(t, [
    http.line,
    socks4.line,
    early.line,
    { ...socks4.line, upstream: ways.line },
    { ...socks5.line, upstream: ways.line },
    { type: 'http', host: '127.0.0.1', port: 1 },
  ]);
  const answers = Array(3).fill('the proxy answers');
  assert.deepEqual(said, [...answers, 'all proxies answer', 'all proxies answer', 'connect ECONNREFUSED 127.0.0.1:1']);
  const nobody = 'tcproute-check.invalid';
  assert.deepEqual([http.asked, socks4.asked, early.asked, socks5.asked], [[nobody], [nobody, nobody], [nobody], []]);
  assert.deepEqual(ways.asked, ['127.0.0.1', '127.0.0.1']);
});

test('a proxy of another kind is told with the kind to write', async (t) => {
  const [socks5, ways] = [await TrickProxy.listen('unwilling'), await TrickProxy.listen('works')];
  const http = await TrickProxy.listen('unwilling', 0, 'http');
  const socks4 = await TrickProxy.listen({ rep: 91 }, 0, 'socks4');
  const site = await TestServer.listen((socket) => void socket.write('220 mail.example.org\r\n'));
  t.after(() => Promise.all([socks5, ways, http, socks4, site].map((one) => one.close())));
  const at = ({ port }: { port: number }, type: string) => ({ type, host: '127.0.0.1', port });
  const said = await outcomes(t, [
    at(ways, 'http'),
    at(http, 'socks5'),
    { ...at(http, 'socks4'), upstream: ways.line },
    at(site, 'http'),
  ]);
  const wrong = ({ port }: { port: number }, kind: string) => `127.0.0.1:${port} does not answer as ${kind} (`;
  const expected = [
    [wrong(ways, 'an HTTP proxy'), ', but as a SOCKS5 proxy: write "type": "socks5"'],
    [wrong(http, 'a SOCKS5 proxy'), ', but as an HTTP proxy: write "type": "http"'],
    [wrong(http, 'a SOCKS4 proxy'), ', but as an HTTP proxy: write "type": "http"'],
    // A mail server is no proxy.
    [wrong(site, 'an HTTP proxy'), '(its answer is no HTTP/1)'],
  ];
  for (const [index, [begin, end]] of expected.entries()) {
    assert.equal(said[index]?.startsWith(String(begin)), true, said[index]);
    assert.equal(said[index]?.endsWith(String(end)), true, said[index]);
  }
});

test('an https line is dialled with TLS, also for a name server, and a wrong certificate is told', {
  skip: whyNoCertificate() ?? false,
}, async (t) => {
  const [proxy, second] = [await TrickProxy.listen('works', 0, 'http'), await TrickProxy.listen('works')];
  const front = await TlsFront.listen(proxy.port);
  const dns = await DnsServer.start({}, {});
  t.after(() => Promise.all([front, proxy, second, dns].map((one) => one.close())));
  const ca_file = join(directory, 'proxy.pem');
  writeFileSync(ca_file, front.ca);
  const https = (more: object) => ({ type: 'https', host: '127.0.0.1', port: front.port, ...more });
  const { lines } = await dial({
    port: 0,
    upstream: [
      https({ ca_file, server_name: 'proxy.test', name: 'office' }),
      https({ ca_file, server_name: 'other.test' }),
      https({}),
      { ...second.line, upstream: https({ ca_file }) },
      { ...https({ ca_file }), port: proxy.port },
      { type: 'socks5', host: '127.0.0.1', port: front.port },
    ],
    nameservers: [{ server: `tcp://127.0.0.1:${dns.port}`, via: 'office' }, `127.0.0.1:${dns.port}`],
    race: { connect_timeout_ms: 2000 },
    dns: { ipv6: 'off', probe: { enabled: false } },
  });
  const said = lines.slice(1, 7).map((line) => line.replace(/^.*?(ok|FAILED) +|, [\d.]+ ms$/g, ''));
  assert.equal(said[0], 'the proxy answers');
  assert.match(String(said[1]), /altnames/);
  assert.match(String(said[2]), /self-signed certificate/);
  assert.equal(said[3], 'all proxies answer');
  assert.equal(said[4]?.startsWith(`127.0.0.1:${proxy.port} does not answer as an HTTPS proxy (`), true, said[4]);
  assert.equal(said[4]?.endsWith(', but as an HTTP proxy: write "type": "http"'), true, said[4]);
  assert.equal(said[5]?.startsWith(`127.0.0.1:${front.port} does not answer as a SOCKS5 proxy (`), true, said[5]);
  assert.equal(said[5]?.endsWith(', but as an HTTPS proxy: write "type": "https"'), true, said[5]);
  const servers = lines.filter((line) => line.includes(`:${dns.port}`)).map((line) => / (ok|FAILED) /.exec(line)?.[1]);
  assert.deepEqual(servers, ['ok', 'ok']);
  assert.deepEqual([new Set(proxy.asked), second.asked], [new Set(['127.0.0.1', 'tcproute-check.invalid']), []]);
});

test('where all works the exit status is 0', async (t) => {
  const [proxy, dns] = [await TrickProxy.listen('works'), await DnsServer.start({}, {})];
  t.after(() => Promise.all([proxy.close(), dns.close()]));
  const { status, lines } = await dial({
    port: 0,
    upstream: `socks5://127.0.0.1:${proxy.port}`,
    nameservers: `127.0.0.1:${dns.port}`,
    dns: { ipv6: 'off', probe: { enabled: false } },
  });
  assert.deepEqual([status, lines.filter((line) => line.includes('FAILED'))], [0, []]);
});

test('the engine of the site and the place to start from are tried', { skip: whyNoRedis() }, async (t) => {
  const redis = await startRedis({ lines: ['user reader on >p ~* -@all +@read +@connection +time'] });
  const web = createServer((_request, response) => void response.writeHead(401).end('{"error":"no token"}'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const dns = await DnsServer.start({}, {});
  t.after(async () => {
    web.close();
    await Promise.all([dns.close(), redis.stop()]);
  });
  const { port } = web.address() as AddressInfo;
  writeFileSync(join(directory, 'site.secret'), 's'.repeat(40), { mode: 0o600 });
  const tried = async (url: string): Promise<{ status: number; said: string[] }> => {
    const { status, lines } = await dial({
      ...{ port: 0, upstream: [{ type: 'direct', source_ip: '127.0.0.1' }], nameservers: [`127.0.0.1:${dns.port}`] },
      dns: { ipv6: 'off', probe: { enabled: false } },
      share: { url, gateway: 'a', secret_file: 'site.secret' },
      ...(url === redis.url ? {} : { cache: { start_from: `http://127.0.0.1:${port}` } }),
    });
    const at = lines.indexOf('engine of the site:');
    return {
      status,
      said: lines.slice(at).map((line) =>
        line
          .replace(/ +/g, ' ')
          .replace(/[\d.]+ ms/, 'N ms')
          .trim(),
      ),
    };
  };
  const well = await tried(redis.url);
  assert.match(well.said.join('\n'), /^engine of the site:\n127\S+ ok redis 7\S+, N ms \(site main, gateway a\)$/);
  assert.equal(await redis.ask('exists', 'tr1:{main}:check', 'tr1:{main}:check:news'), '0');
  const reader = await tried(redis.url.replace('//', '//reader:p@'));
  assert.equal(reader.status, 1);
  assert.match(reader.said[1] ?? '', /FAILED the user may not do what is needed there \(NOPERM/);
  assert.deepEqual(reader.said.slice(2), ['start from:', `http://127.0.0.1:${port} FAILED answers 401 (no token)`]);
  const gone = await tried('redis://127.0.0.1:1');
  assert.match(gone.said[1] ?? '', /^127\.0\.0\.1:1 FAILED it cannot be reached \(ECONNREFUSED\)/);
});
