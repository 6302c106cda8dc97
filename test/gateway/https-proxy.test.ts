// Lines whose first proxy is reached by TLS: certificates, what they carry, and what they say where they fail. How connections
// end is https-ends.test.ts.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateFor } from '../helpers/certificate.js';
import { caFile, folder, fronted, withCertificates } from '../helpers/https-line.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { bannerServer, echoServer, TestServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';
import { probingTowards } from '../linux/peers.js';

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

withCertificates('the proxy is probed as a rule says it, once the connection has lasted', async (world) => {
  const { front, line } = await fronted(world);
  const echo = world.use(await echoServer());
  const keepalive = { idle_s: 1, interval_s: 1, probes: 9 };
  const gateway = await world.gateway({ upstream: line, tcp_keepalive_s: 0, rules: [{ port: echo.port, keepalive }] });
  const client = world.use(await through(gateway.port, echo));
  client.send('echo');
  await client.read(4);
  await until('the kernel waits to probe it', () => probingTowards(front.port) === 1);
  client.send('echo');
  await client.read(4);
});

withCertificates('bytes arrive unchanged, however slow the other side is', async (world) => {
  const { front, line } = await fronted(world);
  const echo = world.use(await echoServer());
  const gateway = await world.gateway({ upstream: line });
  const client = world.use(await through(gateway.port, echo));
  const bytes = randomBytes(3 << 20);
  client.socket.pause();
  client.send(bytes);
  client.end();
  await until('much of it is under way', () => Number(front.secured[0]?.bytesRead) > bytes.length / 2);
  client.socket.resume();
  const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
  assert.equal(hash(await client.rest()), hash(bytes));
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

withCertificates('a ca_file that is not there, or holds no certificates, is looked at again', async (world) => {
  const { line } = await fronted(world);
  const echo = world.use(await echoServer());
  const ca_file = join(folder, `late-${world.engine}.pem`);
  const gateway = await world.gateway({ upstream: { ...line, ca_file }, log_level: 'debug' });
  const destination = { host: '127.0.0.1', port: echo.port };
  for (const text of [undefined, 'nothing of use']) {
    if (text !== undefined) writeFileSync(ca_file, text);
    const { peer, reply } = await dial(gateway.port, destination);
    peer.close();
    assert.equal(reply.rep, 1);
    const { cause, detail } = await gateway.connection(destination);
    assert.deepEqual([cause, detail], ['proxy-certificate', 'CA_CERT_FILE_UNUSABLE']);
    destination.host = '127.0.0.2';
  }
  writeFileSync(ca_file, certificateFor('proxy.test').cert);
  const client = world.use(await through(gateway.port, echo));
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
});

withCertificates('TCP_USER_TIMEOUT is set on the connection to the proxy, too', async (world) => {
  const { line } = await fronted(world);
  const echo = world.use(await echoServer());
  const gateway = await world.gateway({ upstream: line, tcp_user_timeout_ms: 5000 });
  const client = world.use(await through(gateway.port, echo));
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
});
