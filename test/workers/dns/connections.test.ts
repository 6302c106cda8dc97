// What connections to servers over TLS and HTTPS cost when they fail: no more of them than questions that are alive, and
// one set of certificate authorities for all.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import tls, { createServer as createTlsServer } from 'node:tls';
import { promised, type Reply } from '../../../src/workers/dns/ask/exchange.js';
import { Authorities } from '../../../src/workers/dns/transports/authorities.js';
import { HttpsServer } from '../../../src/workers/dns/transports/https.js';
import { TcpServer } from '../../../src/workers/dns/transports/tcp.js';
import { verifyByTls } from '../../../src/workers/dns/trust/verified-addresses.js';
import { certificateFor, whyNoCertificate } from '../../helpers/certificate.js';
import { until } from '../../helpers/until.js';

const QUESTION = { name: 'a.test', type: 'A' } as const;
const skip = whyNoCertificate() ?? false;
const HOST = '127.0.0.1';
const never = () => {};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  const left = (): string[] => process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout/.test(kind));
  await until('nothing is left', () => left().length === 0);
});

/** Counts the connections, and closes those that stand at the end. */
async function listening(server: Server | Http2SecureServer) {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  server.listen(0, HOST);
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { port, sockets, open: () => sockets.filter(({ closed }) => !closed).length };
}

/** Both kinds of servers at one port. */
const KINDS = {
  tls: (port: number, authorities: Authorities) =>
    new TcpServer({ host: HOST, port, line: undefined, tls: { alpn: ['dot'], authorities } }, never),
  https: (port: number, authorities: Authorities) =>
    new HttpsServer({ host: HOST, port, line: undefined, tls: { alpn: ['h2'], authorities } }, '/dns-query', never, 50),
} as const;

for (const kind of ['tls', 'https'] as const) {
  const start = (port: number, authorities = new Authorities()) => {
    const server = KINDS[kind](port, authorities);
    ends.push(() => server.close());
    const ask = () => promised<Reply>((hear) => server.ask(QUESTION, hear));
    return { server, ask };
  };

  test(`${kind}: connections whose certificate is not accepted share one set of authorities`, { skip }, async () => {
    const { key, cert } = certificateFor('dns.test');
    const { port, sockets } = await listening(createTlsServer({ key, cert }));
    const { ask } = start(port, new Authorities([certificateFor('other.test').cert]));
    const contexts = await contextsMadeBy(async () => {
      for (let asked = 0; asked < 20; asked += 1) assert.equal((await ask().outcome).kind, 'no-answer');
    });
    assert.equal(contexts, 1);
    assert.equal(sockets.length, 20);
  });

  test(`${kind}: questions that were given up make no connections any more`, async () => {
    // Each handshake fails after a moment.
    const failing = createServer((socket) => setTimeout(() => socket.destroy(), 20).unref());
    const { port, sockets } = await listening(failing);
    const { server, ask } = start(port);
    const asked = Array.from({ length: 200 }, ask);
    await until('some have been tried', () => sockets.length >= 1);
    for (const one of asked) one.cancel('answered');
    for (const one of asked) assert.equal((await one.outcome).kind, 'no-answer');
    await until('nothing is dialled', () => server.tables.connections.size === 0);
    // Behind all that had been dialled by then.
    const barrier = connect(port, HOST);
    await once(barrier, 'close');
    const made = sockets.length;
    // As long as many more would take.
    await delay(300);
    assert.equal(sockets.length, made);
  });

  test(`${kind}: a handshake for which nobody waits any more is given up`, async () => {
    const { port, open, sockets } = await listening(createServer((socket) => socket.resume()));
    const { ask } = start(port);
    const asked = Array.from({ length: 50 }, ask);
    await until('they are dialled', () => sockets.length >= 1);
    assert.ok(sockets.length <= 8);
    for (const one of asked) one.cancel('answered');
    await until('the connections are closed', () => open() === 0);
  });
}

test('https: a connection that is not used is closed after a while', { skip }, async () => {
  const { key, cert } = certificateFor('dns.test');
  const server = createSecureServer({ key, cert });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 503 });
    stream.end();
  });
  const { port, open, sockets } = await listening(server);
  const authorities = new Authorities([cert]);
  const doh = KINDS.https(port, authorities);
  ends.push(() => doh.close());
  const ask = () => promised<Reply>((hear) => doh.ask(QUESTION, hear)).outcome;
  for (let asked = 0; asked < 3; asked += 1) {
    assert.deepEqual(await ask(), { kind: 'no-answer', code: 'failed', reason: 'HTTP status 503' });
  }
  assert.equal(sockets.length, 1);
  await until('it is closed', () => open() === 0);
  assert.deepEqual(doh.tables.connections, { size: 0, max: 4 });
  await ask();
  assert.equal(sockets.length, 2);
});

test('handshakes with suspected addresses share one set of authorities', { skip }, async () => {
  const { key, cert } = certificateFor('dns.test');
  const { port } = await listening(createTlsServer({ key, cert }));
  const contexts = await contextsMadeBy(async () => {
    const handshake = verifyByTls({ port, ca: cert });
    for (let made = 0; made < 3; made += 1) assert.equal(await handshake(HOST, 'dns.test').outcome, true);
  });
  assert.equal(contexts, 1);
});

/** How many TLS contexts this thread makes meanwhile. */
async function contextsMadeBy(work: () => Promise<void>): Promise<number> {
  const { createSecureContext } = tls;
  let made = 0;
  tls.createSecureContext = (options) => {
    made += 1;
    return createSecureContext(options);
  };
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    tls.createSecureContext = createSecureContext;
    syncBuiltinESMExports();
  }
  return made;
}
