// One server over TCP or HTTPS, asked without a resolver: its connections are shared, given up when they are dead, and
// made as the line says.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { decode, encode } from 'dns-packet';
import { lineOf } from '../../../../src/protocol/lines/line.js';
import { promised, type Reply } from '../../../../src/workers/dns/ask/exchange.js';
import { makeBootstrap } from '../../../../src/workers/dns/servers/bootstrap.js';
import { Authorities } from '../../../../src/workers/dns/transports/authorities.js';
import { HttpsServer } from '../../../../src/workers/dns/transports/https.js';
import { TcpServer } from '../../../../src/workers/dns/transports/tcp.js';
import { certificateFor, whyNoCertificate } from '../../../helpers/certificate.js';
import { until } from '../../../helpers/until.js';

const NAME = 'dns.test';
const QUESTION = { name: 'a.test', type: 'A' } as const;
const missing = whyNoCertificate();

function answerTo(query: Buffer): Buffer {
  const { id, questions } = decode(query);
  const answers = [{ type: 'A' as const, name: QUESTION.name, ttl: 60, data: '192.0.2.1' }];
  return encode({ type: 'response', id: id as number, questions: questions as never, answers });
}

const portOf = (server: Server | Http2SecureServer): number => (server.address() as AddressInfo).port;

/** The server's name leads to an address where nobody listens, too. */
const bootstrap = makeBootstrap({
  hosts: { lookup: () => ['::1', '127.0.0.1'] } as never,
  system: undefined as never,
  timeout_ms: 1000,
  now: () => 0,
});

/** A TCP server; `heard` is told of each question and of the how manieth connection it came on. */
async function tcp(heard: (socket: Socket, query: Buffer, connection: number) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => heard(socket, bytes.subarray(2), connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    sockets,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function say(socket: Socket, query: Buffer): void {
  const answer = answerTo(query);
  socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 255]), answer]));
}

test('a known address serves on while the machine’s resolver is silent', async () => {
  let now = 0;
  let asked = 0;
  const system = {
    profile: { latency_ms: undefined, isRespected: true },
    identity: { id: 'system' },
    goes: () => true,
    ask: (_question: object, _way: string, hear: (reply: object) => void) => {
      asked += 1;
      if (asked <= 2) queueMicrotask(() => hear({ kind: 'addresses', addresses: ['127.0.0.1'], ttl_s: 1 }));
      return { cancel() {} };
    },
  };
  const hosts = { lookup: () => undefined };
  const lookup = makeBootstrap({ hosts, system, timeout_ms: 50, now: () => now } as never);
  const addressOf = () => new Promise((resolve) => lookup(NAME, {}, (_error, address) => resolve(address)));
  assert.equal(await addressOf(), '127.0.0.1');
  for (const later of [1000, 61_000, 62_000]) {
    now = later;
    assert.equal(await addressOf(), '127.0.0.1');
  }
  assert.equal(asked, 4, 'renewed once, for both families');
});

const ask = (server: TcpServer | HttpsServer) => promised<Reply>((hear) => server.ask(QUESTION, hear));

test('questions over HTTPS do not wait for each other', { skip: missing ?? false }, async () => {
  const { key, cert } = certificateFor(NAME);
  const server = createSecureServer({ key, cert });
  const waiting: [ServerHttp2Stream, Buffer][] = [];
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.once('data', (query: Buffer) => waiting.push([stream, query]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tls = { alpn: ['h2'], authorities: new Authorities([cert]) };
  const doh = new HttpsServer({ host: NAME, port: portOf(server), line: undefined, tls }, '/dns-query', bootstrap);
  const replies = Array.from({ length: 50 }, () => ask(doh).outcome);
  await until('all questions are there at once', () => waiting.length === 50);
  for (const [stream, query] of waiting) {
    stream.respond({ ':status': 200, 'content-type': 'application/dns-message' });
    stream.end(answerTo(query));
  }
  assert.deepEqual(new Set((await Promise.all(replies)).map(({ kind }) => kind)), new Set(['addresses']));
  doh.close();
  server.close();
});

for (const [how, end] of [
  ['closed', (socket: Socket) => socket.end()],
  ['reset', (socket: Socket) => socket.resetAndDestroy()],
] as const) {
  test(`a kept connection that is ${how} with a question on it: it is asked anew`, async () => {
    let questions = 0;
    const server = await tcp((socket, query, connection) => {
      questions += 1;
      if (connection === 1 && questions > 1) end(socket);
      else say(socket, query);
    });
    const asked = new TcpServer({ host: '127.0.0.1', port: server.port, line: undefined, tls: undefined }, bootstrap);
    assert.equal((await ask(asked).outcome).kind, 'addresses');
    assert.equal((await ask(asked).outcome).kind, 'addresses');
    assert.equal(server.sockets.length, 2);
    asked.close();
    server.close();
  });
}

test('a connection through which nothing comes any more is given no further question', async () => {
  const server = await tcp((socket, query, connection) => {
    if (connection > 1) say(socket, query);
  });
  const asked = new TcpServer({ host: '127.0.0.1', port: server.port, line: undefined, tls: undefined }, bootstrap);
  const [first, second] = [ask(asked), ask(asked)];
  // As long as a question waits before it is given up.
  await delay(1100);
  first.cancel('timed-out');
  assert.equal((await ask(asked).outcome).kind, 'addresses');
  second.cancel('timed-out');
  assert.equal(server.sockets.length, 2);
  await until('the dead one is closed', () => server.sockets[0]?.closed === true);
  asked.close();
  server.close();
});

test('a server by name is reached from a source address, in its family', async () => {
  const server = await tcp(say);
  const line = lineOf(0, 'up', { ip: '127.0.0.1', port: 0 }, []);
  const asked = new TcpServer({ host: NAME, port: server.port, line, tls: undefined }, bootstrap);
  assert.equal((await ask(asked).outcome).kind, 'addresses');
  asked.close();
  server.close();
});
