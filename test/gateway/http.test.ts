// HTTP through a gateway, in raw bytes: CONNECT, requests for whole URLs, what does not go on, and what a client is told.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import * as libc from '../../src/linux/libc.js';
import { DnsServer } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { type Answer, lines, readAnswer, readHead } from '../helpers/http-peer.js';
import { freePort } from '../helpers/proxies.js';
import { bannerServer, echoServer, PeerServer } from '../helpers/servers.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';
import { blackHole } from '../linux/peers.js';

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

async function asks(world: World, port: number, text: string | Uint8Array): Promise<Peer> {
  const peer = world.use(await Peer.connect(port));
  peer.send(text);
  return peer;
}

/** The whole answer of the gateway. */
async function answerTo(world: World, port: number, text: string | Uint8Array): Promise<Answer> {
  const peer = await asks(world, port, text);
  const answer = await readAnswer(peer);
  assert.equal(peer.ending, 'eof');
  return answer;
}

const connect = (authority: string): string => lines(`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`);

inBothEngines('CONNECT makes a tunnel, and bytes behind the request go first', async (world) => {
  const server = world.use(await echoServer());
  const { port } = await world.shared();
  for (const early of ['', 'early ']) {
    const peer = await asks(world, port, `${connect(`localhost:${server.port}`)}${early}`);
    assert.equal(await readHead(peer), ESTABLISHED);
    peer.send('and late');
    assert.equal((await peer.read(early.length + 8)).toString(), `${early}and late`);
    peer.end();
    assert.equal(await peer.ended(), 'eof');
  }
});

inBothEngines('a server that speaks first is heard behind the success of CONNECT', async (world) => {
  const server = world.use(await bannerServer('220 ready\r\n'));
  const { port } = await world.shared();
  const peer = await asks(world, port, connect(`127.0.0.1:${server.port}`));
  assert.equal((await peer.read(ESTABLISHED.length + 11)).toString(), `${ESTABLISHED}220 ready\r\n`);
});

inBothEngines(
  'a request for a URL goes on as one to a web server, and its response says by which way it came',
  async (world) => {
    const server = world.use(await PeerServer.listen());
    const { port } = await world.shared();
    const host = `127.0.0.1:${server.port}`;
    const second = lines('GET http://127.0.0.1:9/ HTTP/1.1', 'Host: x');
    const request = lines(`GET http://${host}/a?b HTTP/1.1`, 'Host: other', 'Proxy-Connection: keep-alive', 'X: y');
    const peer = await asks(world, port, `${request}${second}`);
    const destination = await server.accepted();
    const head = await readHead(destination);
    assert.equal(head, lines('GET /a?b HTTP/1.1', `Host: ${host}`, 'X: y', 'Via: 1.1 tcproute', 'Connection: close'));
    peer.send(second);
    destination.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    const response = 'HTTP/1.1 200 OK\r\nVia: 1.1 tcproute\r\nContent-Length: 2\r\n\r\nhi';
    assert.equal((await peer.read(response.length)).toString(), response);
    destination.end();
    assert.equal(await peer.ended(), 'eof');
    peer.end();
    assert.equal(await destination.ended(), 'eof');
    assert.equal(destination.waiting, 0, 'no byte of the second request');
  },
);

inBothEngines('a request that comes byte by byte is the same', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { port } = await world.shared();
  const host = `127.0.0.1:${server.port}`;
  const request = lines(`POST http://${host}/ HTTP/1.1`, `Host: ${host}`, 'Transfer-Encoding: chunked');
  const body = '4;x=y\r\nbody\r\n0\r\nX: y\r\n\r\n';
  const peer = world.use(await Peer.connect(port));
  for (const character of `${request}${body}`) {
    peer.send(character);
    await new Promise(setImmediate);
  }
  const destination = await server.accepted();
  assert.match(await readHead(destination), /^POST \/ HTTP\/1\.1\r\n/);
  assert.equal((await destination.read(body.length)).toString(), body);
});

inBothEngines('long bodies arrive whole, with a length and in chunks, and nothing behind them does', async (world) => {
  const { port } = await world.shared();
  const content = randomBytes(3_000_000);
  const chunks = Buffer.concat(
    [content.subarray(0, 1_000_000), content.subarray(1_000_000, 1_000_010), content.subarray(1_000_010)].map((chunk) =>
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
    ),
  );
  for (const [field, body] of [
    [`Content-Length: ${content.length}`, content],
    ['Transfer-Encoding: chunked', Buffer.concat([chunks, Buffer.from('0\r\n\r\n')])],
  ] as const) {
    const server = world.use(await PeerServer.listen());
    const host = `127.0.0.1:${server.port}`;
    const peer = await asks(world, port, lines(`PUT http://${host}/ HTTP/1.1`, `Host: ${host}`, field));
    peer.send(Buffer.concat([body, Buffer.from(lines('GET http://127.0.0.1:9/ HTTP/1.1', 'Host: x'))]));
    const destination = await server.accepted();
    await readHead(destination);
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    assert.equal(hash(await destination.read(body.length)), hash(body));
    destination.send('HTTP/1.1 204 No Content\r\n\r\n');
    destination.end();
    peer.end();
    assert.equal((await readAnswer(peer)).status, 204);
    assert.equal(await destination.ended(), 'eof');
    assert.equal(destination.waiting, 0);
  }
});

inBothEngines('a client that expects 100 hears it from the destination before it sends its body', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { port } = await world.shared();
  const host = `127.0.0.1:${server.port}`;
  const peer = await asks(
    world,
    port,
    lines(`POST http://${host}/ HTTP/1.1`, `Host: ${host}`, 'Expect: 100-continue', 'Content-Length: 4'),
  );
  const destination = await server.accepted();
  assert.match(await readHead(destination), /\r\nExpect: 100-continue\r\n/);
  destination.send('HTTP/1.1 100 Continue\r\n\r\n');
  assert.equal(await readHead(peer), 'HTTP/1.1 100 Continue\r\nVia: 1.1 tcproute\r\n\r\n');
  peer.send('body');
  assert.equal((await destination.read(4)).toString(), 'body');
});

inBothEngines('a client may end its stream behind its request', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { port } = await world.shared();
  const peer = await asks(world, port, lines(`GET http://127.0.0.1:${server.port}/ HTTP/1.0`));
  peer.end();
  const destination = await server.accepted();
  await readHead(destination);
  assert.equal(await destination.ended(), 'eof');
  destination.send('HTTP/1.0 200 OK\r\n\r\nbody');
  destination.end();
  const head = 'HTTP/1.0 200 OK\r\nVia: 1.0 tcproute\r\n\r\n';
  assert.deepEqual(await readAnswer(peer), { status: 200, head, body: 'body' });
});

inBothEngines('a request goes to one server only, whatever becomes of it', async (world) => {
  const server = world.use(await PeerServer.listen());
  const list = [1, 2, 3].map((number) => ({ type: 'direct', name: `line ${number}` }));
  const gateway = await world.gateway({ upstream: { type: 'multipath', list } });
  const host = `127.0.0.1:${server.port}`;
  for (let visit = 0; visit < 3; visit += 1) {
    const known = server.peers.length;
    const peer = await asks(
      world,
      gateway.port,
      `${lines(`POST http://${host}/ HTTP/1.1`, `Host: ${host}`, 'Content-Length: 4')}body`,
    );
    const asked = (): Peer[] => server.peers.slice(known).filter(({ waiting }) => waiting > 0);
    await until('a server has it', () => asked().length > 0);
    asked()[0]?.reset();
    assert.equal(await peer.ended(), 'ECONNRESET');
    await until('all are gone', () => server.peers.every(({ ending, closed }) => closed || ending !== 'open'));
    assert.equal(asked().length, 1);
  }
});

inBothEngines('each failure has its status, its cause and its line', async (world) => {
  const dns = world.use(await DnsServer.start({}, { negative_ttl_s: 60 }));
  const hole = blackHole();
  world.use({ close: () => hole.fds.map((fd) => libc.close(fd)) });
  const gateway = await world.gateway({
    nameservers: `127.0.0.1:${dns.port}`,
    dns: { timeout_ms: 300 },
    race: { connect_timeout_ms: 300 },
    rules: [{ domain: 'blocked.test', block: true }],
    upstream: { type: 'direct', name: 'office' },
    log_level: 'debug',
  });
  const closed = await freePort();
  for (const [authority, status, error, hop] of [
    [`127.0.0.1:${closed}`, 502, 'connection_refused', 'office'],
    [`127.0.0.1:${hole.port}`, 504, 'connection_timeout', 'office'],
    [`127.0.0.1:${gateway.port}`, 403, 'proxy_loop_detected', undefined],
    ['0.0.0.0:80', 403, 'destination_ip_prohibited', undefined],
    ['blocked.test:80', 403, 'http_request_denied', undefined],
    ['nowhere.invalid:80', 502, 'dns_error', undefined],
  ] as const) {
    for (const request of [connect(authority), lines(`GET http://${authority}/ HTTP/1.1`, 'Host: x')]) {
      const answer = await answerTo(world, gateway.port, request);
      assert.equal(answer.status, status, authority);
      assert.match(answer.body, /^tcproute: [^\n]+\n$/);
      const named = hop === undefined ? '' : `; next-hop="${hop}"`;
      assert.ok(answer.head.includes(`\r\nProxy-Status: tcproute; error=${error}${named}; details="`), answer.head);
      assert.ok(answer.head.includes(`\r\nContent-Length: ${answer.body.length}\r\n`));
    }
    const head = await answerTo(world, gateway.port, lines(`HEAD http://${authority}/ HTTP/1.1`, 'Host: x'));
    assert.deepEqual([head.status, head.body], [status, '']);
  }
  const record = await gateway.connection({ host: '127.0.0.1', port: closed });
  assert.deepEqual([record['reply'], record.cause, record.ending], [502, 'refused', 'failed']);
});

inBothEngines(
  'the record of a tunnel has its status, and that of a request none, since it got no answer of ours',
  async (world) => {
    const gateway = await world.gateway({ log_level: 'debug' });
    for (const [request, reply] of [
      [(host: string) => connect(host), 200],
      [(host: string) => lines(`GET http://${host}/ HTTP/1.1`, 'Host: x'), undefined],
    ] as const) {
      const server = world.use(await PeerServer.listen());
      const peer = await asks(world, gateway.port, request(`127.0.0.1:${server.port}`));
      (await server.accepted()).end();
      await peer.ended();
      peer.end();
      const record = await gateway.connection({ host: '127.0.0.1', port: server.port });
      assert.deepEqual([record['reply'], record.ending], [reply, 'complete']);
    }
  },
);

inBothEngines('what is no request for a proxy is told so, and the connection ends', async (world) => {
  const { port } = await world.shared();
  for (const [request, status, sentence] of [
    [lines('GET / HTTP/1.1', 'Host: a.test'), 400, /this is a proxy, not a web server/],
    [lines('GET https://a.test/ HTTP/1.1', 'Host: a.test'), 400, /CONNECT/],
    [lines('GET http://a.test/ HTTP/1.1', 'Host: a.test', 'Host: b.test'), 400, /Host/],
    ['GET http://a.test/ HTTP/1.1\nHost: a.test\n\n', 400, /CR or LF/],
    [lines('GET http://a.test/ HTTP/1.1', 'Host: a.test', 'X: \0'), 400, /control character/],
    [lines('POST http://a.test/ HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Transfer-Encoding: chunked'), 400, /both/],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, /HTTP\/1\.1/],
    [`GET http://a.test/ HTTP/1.1\r\n${'X: y\r\n'.repeat(4000)}`, 431, /200|16 KiB/],
    [`GET http://a.test/${'x'.repeat(20_000)}`, 414, /16 KiB/],
  ] as const) {
    const peer = await asks(world, port, request);
    const answer = await readAnswer(peer);
    assert.equal(answer.status, status);
    assert.match(answer.body, sentence);
    peer.end();
  }
});
