// The process is stopped for longer than any deadline of DNS while answers come: they are read before a deadline acts.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { decode, encode } from 'dns-packet';
import type { Nameserver } from '../../../src/protocol/options.js';
import { Countdown } from '../../../src/workers/dns/ask/countdown.js';
import { certificateFor, whyNoCertificate } from '../../helpers/certificate.js';
import { DnsServer, deferred } from '../../helpers/dns-server.js';
import { until } from '../../helpers/until.js';

const LOOKUP = new URL('./paused-lookup.js', import.meta.url);
const FOUND = { code: 'found', addresses: ['192.0.2.1'], ttl_s: 60 };
const TIMEOUT_MS = 1000;
const PAUSE_MS = 1500;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What the process says that looks a name up, and that is stopped while `answered` takes its time. */
async function paused(server: Nameserver, asked: Promise<unknown>, answered: () => unknown, ca_file: string | null) {
  const child = fork(LOOKUP, [JSON.stringify([server, ca_file, TIMEOUT_MS])], { execArgv: [] });
  ends.push(() => child.kill('SIGKILL'));
  const said = once(child, 'message');
  await asked;
  child.kill('SIGSTOP');
  await answered();
  await delay(PAUSE_MS);
  child.kill('SIGCONT');
  const [answer] = await said;
  return answer;
}

for (const way of ['udp', 'tcp'] as const) {
  test(`${way}: an answer that came while the process was stopped counts`, async () => {
    const [gate, question] = [deferred(), deferred()];
    const zones = { 'a.test': { A: ['192.0.2.1'], ttl_s: 60 } };
    const server = await DnsServer.start(zones, {
      trick: () => {
        question.resolve();
        return { hold: gate.promise };
      },
    });
    ends.push(() => server.close());
    const at = way === 'udp' ? server.at : server.atTcp;
    assert.deepEqual(await paused(at, question.promise, gate.resolve, null), FOUND);
  });
}

for (const kind of ['tls', 'https'] as const) {
  test(`${kind}: a handshake during which the process was stopped goes on`, {
    skip: whyNoCertificate() ?? false,
  }, async () => {
    const { key, cert } = certificateFor('dns.test');
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-pause-'));
    ends.push(() => rmSync(directory, { recursive: true }));
    const ca_file = join(directory, 'ca.pem');
    writeFileSync(ca_file, cert);
    const secure = kind === 'tls' ? dotServer(key, cert) : dohServer(key, cert);
    const [gate, connected] = [deferred(), deferred()];
    const sockets: Socket[] = [];
    // The handshake begins when the gate opens.
    const outer = createServer({ pauseOnConnect: true }, (socket) => {
      sockets.push(socket);
      connected.resolve();
      void gate.promise.then(() => secure.emit('connection', socket));
    });
    outer.listen(0, '127.0.0.1');
    await once(outer, 'listening');
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      outer.close();
    });
    const { port } = outer.address() as { port: number };
    const id = `${kind}://127.0.0.1:${port}`;
    const server: Nameserver = { kind, id, host: '127.0.0.1', port, path: '/dns-query', via: undefined };
    assert.deepEqual(await paused(server, connected.promise, gate.resolve, ca_file), FOUND);
  });
}

test('a countdown gives its time again once when the thread was away, and looks at what has come', async () => {
  let over = 0;
  const late = new Countdown(20, () => (over += 1));
  const busyUntil = performance.now() + 400;
  while (performance.now() < busyUntil);
  await delay(1);
  assert.equal(over, 0);
  await until('it is over in the end', () => over === 1);
  const cancelled = new Countdown(1, () => (over += 1));
  await delay(1);
  cancelled.cancel();
  late.cancel();
  await delay(5);
  assert.equal(over, 1);
});

function answerTo(query: Buffer): Buffer {
  const { id, questions } = decode(query);
  const answers = [{ type: 'A' as const, name: 'a.test', ttl: 60, data: '192.0.2.1' }];
  return encode({ type: 'response', id: id as number, questions: questions as never, answers });
}

function dotServer(key: string, cert: string) {
  return createTlsServer({ key, cert }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (framed: Buffer) => {
      const answer = answerTo(framed.subarray(2));
      socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 255]), answer]));
    });
  });
}

function dohServer(key: string, cert: string) {
  const server = createSecureServer({ key, cert });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.once('data', (query: Buffer) => {
      stream.respond({ ':status': 200, 'content-type': 'application/dns-message' });
      stream.end(answerTo(query));
    });
  });
  return server;
}
