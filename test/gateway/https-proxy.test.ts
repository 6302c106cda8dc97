// Lines whose first proxy is reached by TLS: certificates, both directions and their ends, resets, and the thread that
// speaks TLS.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { certificateFor, whyNoCertificate } from '../helpers/certificate.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { bannerServer, echoServer, PeerServer, TestServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { TlsFront } from '../helpers/tls-proxy.js';
import { until } from '../helpers/until.js';

const missing = whyNoCertificate();
const directory = mkdtempSync(join(tmpdir(), 'tcproute-https-'));
after(() => rmSync(directory, { recursive: true }));

function caFile(name: string): string {
  const file = join(directory, `${name}.pem`);
  writeFileSync(file, certificateFor(name).cert);
  return file;
}

async function fronted(world: World, name = 'proxy.test') {
  const proxy = world.use(await TrickProxy.listen('works', 0, 'http'));
  const front = world.use(await TlsFront.listen(proxy.port, name));
  const line = { type: 'https', host: '127.0.0.1', port: front.port, ca_file: caFile(name) };
  return { proxy, front, line };
}

const withCertificates: typeof inBothEngines = (behaviour, body, timeout_ms) =>
  inBothEngines(behaviour, body, timeout_ms, missing);

withCertificates('an https line carries both directions, and a destination that speaks first', async (world) => {
  const { proxy, front, line } = await fronted(world);
  const server = world.use(await bannerServer('220 hello'));
  const gateway = await world.gateway({ upstream: { ...line, server_name: 'proxy.test' } });
  for (const host of ['127.0.0.1', 'far.example']) {
    const client = world.use(await through(gateway.port, { host, port: server.port }));
    assert.equal((await client.read(9)).toString(), '220 hello');
    client.send('echo');
    assert.equal((await client.read(4)).toString(), 'echo');
    client.end();
    assert.equal(await client.ended(), 'eof');
  }
  assert.deepEqual(proxy.asked, ['127.0.0.1', 'far.example']);
  assert.deepEqual(front.names, ['proxy.test', 'proxy.test']);
  await gateway.idle();
  await until('nothing is left at the proxy', () => front.open === 0);
});

withCertificates('each direction ends by itself', async (world) => {
  const { line } = await fronted(world);
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream: line });
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  client.send('question');
  client.end();
  assert.equal((await destination.rest()).toString(), 'question');
  destination.send('answer');
  destination.end();
  assert.equal((await client.rest()).toString(), 'answer');
  assert.equal(client.ending, 'eof');
  assert.equal(destination.ending, 'eof');
});

withCertificates('bytes arrive unchanged, however slow the other side is', async (world) => {
  const { line } = await fronted(world);
  const echo = world.use(await echoServer());
  const gateway = await world.gateway({ upstream: line });
  const client = world.use(await through(gateway.port, echo));
  const bytes = randomBytes(8 << 20);
  client.socket.pause();
  client.send(bytes);
  client.end();
  // What is not read by anybody stays with the sender.
  await until('the gateway takes no more', () => client.socket.writableLength > 0);
  client.socket.resume();
  const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
  assert.equal(hash(await client.rest()), hash(bytes));
});

withCertificates('a client that resets the connection resets that of the proxy', async (world) => {
  const { front, line } = await fronted(world);
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream: line });
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  destination.send('x');
  await client.read(1);
  client.reset();
  await until('the proxy hears of it', () => front.errors.includes('ECONNRESET'));
});

withCertificates('a proxy that resets the connection resets the client', async (world) => {
  const { line } = await fronted(world);
  const server = world.use(await PeerServer.listen());
  // A relay of raw bytes between the gateway and the TLS, which the test cuts.
  const { port } = line;
  const cuts: (() => void)[] = [];
  const { connect } = await import('node:net');
  const cutter = world.use(
    await TestServer.listen((socket) => {
      const way = connect({ port, host: '127.0.0.1' });
      way.on('error', () => {});
      socket.pipe(way).pipe(socket);
      cuts.push(() => {
        socket.resetAndDestroy();
        way.destroy();
      });
    }),
  );
  const gateway = await world.gateway({ upstream: { ...line, port: cutter.port } });
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  destination.send('x');
  await client.read(1);
  for (const cut of cuts) cut();
  assert.equal(await client.ended(), 'ECONNRESET');
});

withCertificates('a certificate that is not the proxy’s, or of nobody known, has a cause of its own', async (world) => {
  const { proxy, line } = await fronted(world);
  const unknown = { ...line, ca_file: undefined };
  const cases = [
    [{ ...line, server_name: 'other.test' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [unknown, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [{ ...line, ca_file: caFile('unrelated.test') }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const;
  const upstream = cases.map(([one], index) => ({ ...one, name: `office ${index}` }));
  const rules = cases.map((_, index) => ({ domain: `d${index}.example`, use: [`office ${index}`] }));
  const gateway = await world.gateway({ upstream, rules, log_level: 'debug' });
  for (const [index, [, detail]] of cases.entries()) {
    const destination = { host: `d${index}.example`, port: 443 };
    const { peer, reply } = await dial(gateway.port, destination);
    peer.close();
    assert.equal(reply.rep, 1);
    const record = await gateway.connection(destination);
    assert.deepEqual([record.cause, record['detail']], ['proxy-certificate', detail]);
  }
  const said = await gateway.logged('the certificate of the proxy is not trusted');
  assert.equal(said['line'], 'office 0');
  assert.equal(proxy.count, 0);
});

withCertificates('no TLS, no proxy, and silence have their causes', async (world) => {
  const plain = world.use(await TrickProxy.listen('works', 0, 'http'));
  const silent = world.use(await TestServer.listen((socket) => socket.resume()));
  const closed = await TestServer.listen(() => {});
  await closed.close();
  const line = (port: number, name: string) => ({ type: 'https', host: '127.0.0.1', port, name });
  const upstream = [line(plain.port, 'plain'), line(silent.port, 'silent'), line(closed.port, 'closed')];
  const rules = ['plain', 'silent', 'closed'].map((name) => ({ domain: `${name}.example`, use: [name] }));
  const gateway = await world.gateway({ upstream, rules, log_level: 'debug', race: { connect_timeout_ms: 700 } });
  const causeOf = async (name: string): Promise<unknown> => {
    const destination = { host: `${name}.example`, port: 443 };
    (await dial(gateway.port, destination)).peer.close();
    return (await gateway.connection(destination)).cause;
  };
  // A server that hears no HTTP ends the connection, or answers what is no TLS.
  assert.match(String(await causeOf('plain')), /^proxy-(?:protocol|unreachable)$/);
  assert.equal(await causeOf('silent'), 'proxy-unreachable');
  assert.equal(await causeOf('closed'), 'proxy-unreachable');
  await until('nothing is left of the attempts', () => silent.open === 0);
});

withCertificates('an https proxy in front of others', async (world) => {
  const { line } = await fronted(world);
  const socks5 = world.use(await TrickProxy.listen('works'));
  const server = world.use(await bannerServer('220 hello'));
  const gateway = await world.gateway({ upstream: { ...socks5.line, upstream: line } });
  const client = world.use(await through(gateway.port, { host: 'far.example', port: server.port }));
  assert.equal((await client.read(9)).toString(), '220 hello');
  assert.deepEqual(socks5.asked, ['far.example']);
});
