// A client and a server of Debian's ngtcp2 with a tap between them: what the codecs make of their first datagrams.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FirstFlight, type FlightReading } from '../../../src/protocol/quic/client-initial.js';
import { type ServerAnswer, ServerAnswers } from '../../../src/protocol/quic/server-answer.js';
import { certificateFor } from '../../helpers/certificate.js';

const missing = ['gtlsclient', 'gtlsserver', 'openssl'].filter((name) => spawnSync('which', [name]).status !== 0);
const skip = missing.length > 0 ? `not installed: ${missing.join(', ')}` : false;

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function closed(...sockets: Socket[]): Promise<void> {
  for (const socket of sockets) {
    socket.close();
    await once(socket, 'close');
  }
}

interface Seen {
  readonly client: FlightReading[];
  readonly server: ServerAnswer[];
}

/** Lets the client fetch a file over a tap, and returns what the tap has seen up to the first answer. */
async function visit(serverOptions: readonly string[]): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-quic-'));
  const { key, cert } = certificateFor('quic.test');
  for (const [name, content] of Object.entries({ key, cert, file: 'hello' }))
    writeFileSync(join(folder, name), content);
  const [inner, outer, probe] = [await bound(), await bound(), await bound()];
  const serverPort = probe.address().port;
  await closed(probe);
  const files = [join(folder, 'key'), join(folder, 'cert')];
  const server = spawn('gtlsserver', ['-q', '-d', folder, ...serverOptions, '127.0.0.1', String(serverPort), ...files]);
  const seen: Seen = { client: [], server: [] };
  const flight = new FirstFlight();
  let answers: ServerAnswers | undefined;
  let clientPort = 0;
  // The server may not be there yet: the client repeats what it has sent, soon with so short a round trip.
  outer.on('message', (bytes, { port }) => {
    clientPort = port;
    if (seen.server.length === 0) seen.client.push(flight.feed(bytes, 0, bytes.length));
    inner.send(bytes, serverPort, '127.0.0.1');
  });
  inner.on('message', (bytes) => {
    assert.ok(flight.ids !== undefined);
    answers ??= new ServerAnswers(flight.ids);
    seen.server.push(answers.read(bytes, 0, bytes.length));
    outer.send(bytes, clientPort, '127.0.0.1');
  });
  inner.on('error', () => {});
  const to = ['127.0.0.1', String(outer.address().port), 'https://quic.test/file'];
  const client = spawn('gtlsclient', ['-q', '--exit-on-all-streams-close', '--initial-rtt=20ms', ...to]);
  const [status] = await once(client, 'exit');
  server.kill('SIGKILL');
  await once(server, 'exit');
  await closed(inner, outer);
  rmSync(folder, { recursive: true });
  assert.equal(status, 0);
  return seen;
}

test('a client of ngtcp2 sends one ClientHello, and the server answers with an Initial packet', { skip }, async () => {
  const { client, server } = await visit([]);
  assert.deepEqual(client[0], { kind: 'hello', hello: { serverName: 'localhost', protocols: ['h3'] } });
  assert.ok(client.slice(1).every(({ kind }) => kind === 'repeat'));
  assert.equal(server[0], 'initial');
});

test('a server of ngtcp2 that validates addresses answers with a Retry', { skip }, async () => {
  const { client, server } = await visit(['--validate-addr']);
  assert.equal(client[0].kind, 'hello');
  assert.equal(server[0], 'retry');
});
