// The ClientHellos of real clients: Node's, openssl's and curl's, taken by a listener as they send them.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ConnectionOptions, createServer, connect as tlsConnect } from 'node:tls';
import { readClientHello } from '../../src/protocol/tls/client-hello.js';
import { capturedHello } from '../helpers/captured-hello.js';
import { inRecords } from '../helpers/client-hello.js';
import { makeCertificate, opensslServer } from '../helpers/openssl.js';
import { missing } from '../helpers/proxies.js';
import { TestServer } from '../helpers/servers.js';
import { until } from '../helpers/until.js';

const withoutOpenssl = missing('openssl');
const withOpenssl = withoutOpenssl === undefined ? {} : { skip: withoutOpenssl };
const withoutCurl = missing('curl');
const withCurl = withoutCurl === undefined ? {} : { skip: withoutCurl };

function nodeHello(options: ConnectionOptions): Promise<Uint8Array> {
  return capturedHello((port) => {
    tlsConnect({ host: '127.0.0.1', port, ...options }).on('error', () => {});
  });
}

/** What a program that connects to the port says first. */
async function programHello(program: string, args: (port: number) => string[]): Promise<Uint8Array> {
  let child: ChildProcess | undefined;
  const hello = await capturedHello((port) => {
    child = spawn(program, args(port), { stdio: ['pipe', 'ignore', 'ignore'] });
  });
  if (child?.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  return hello;
}

/** As it came, cut everywhere, and in other records: always the same hello, alone unless early data follows. */
function assertHello(bytes: Uint8Array, earlyData = false): void {
  const whole = readClientHello(bytes, 0, bytes.length);
  if (whole.kind !== 'message') assert.fail(`${JSON.stringify(whole)} of ${Buffer.from(bytes).toString('hex')}`);
  assert.deepEqual(whole.value, { earlyData });
  if (!earlyData) assert.equal(whole.size, bytes.length);
  for (let end = 0; end < whole.size; end += 1) assert.equal(readClientHello(bytes, 0, end).kind, 'incomplete');
  for (const recordSize of [7, 100, 511]) {
    const records = inRecords(bytes.subarray(5, whole.size), recordSize);
    assert.deepEqual(readClientHello(records, 0, records.length), { ...whole, size: records.length });
  }
}

test("Node's hellos are read, with and without name, ALPN and TLS 1.3", async () => {
  assertHello(await nodeHello({}));
  assertHello(await nodeHello({ servername: 'node.test' }));
  assertHello(await nodeHello({ servername: 'node.test', ALPNProtocols: ['h2', 'http/1.1'] }));
  assertHello(await nodeHello({ servername: 'old.test', maxVersion: 'TLSv1.2' }));
  assertHello(await nodeHello({ servername: 'new.test', minVersion: 'TLSv1.3' }));
});

test("a hello of Node's that takes several segments is read", async () => {
  const ALPNProtocols = Array.from({ length: 100 }, (_, index) => `a-protocol-that-nobody-speaks/${index}`);
  const bytes = await nodeHello({ servername: 'big.test', ALPNProtocols });
  assert.ok(bytes.length > 3000);
  assertHello(bytes);
});

test("Node's resumption is read: a ticket in TLS 1.2, an offered key in TLS 1.3", withOpenssl, async (t) => {
  const certificate = makeCertificate('again.test');
  t.after(() => certificate.remove());
  const { key, cert } = certificate;
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const tls = createServer({ key, cert, minVersion: version, maxVersion: version }, (socket) => socket.end('.'));
    const server = await TestServer.of(tls);
    const options = { servername: 'again.test', rejectUnauthorized: false };
    const client = tlsConnect({ host: '127.0.0.1', port: server.port, ...options });
    const closed = once(client, 'close');
    client.resume();
    const [session] = (await once(client, 'session')) as [Buffer];
    const bytes = await nodeHello({ ...options, session });
    assertHello(bytes);
    client.destroy();
    await closed;
    await server.close();
  }
});

test("openssl's hellos are read", withOpenssl, async () => {
  const hello = (...args: string[]) =>
    programHello('openssl', (port) => ['s_client', '-connect', `127.0.0.1:${port}`, ...args]);
  assertHello(await hello('-servername', 'openssl.test'));
  assertHello(await hello('-noservername', '-tls1_2'));
  assertHello(await hello('-servername', 'openssl.test', '-tls1_3'));
});

test("openssl's early data is seen", withOpenssl, async () => {
  const certificate = makeCertificate('early.test');
  const session = join(certificate.folder, 'session.pem');
  const server = await opensslServer(certificate, '-tls1_3', '-early_data');
  const args = (port: number) => ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'early.test', '-tls1_3'];
  try {
    const first = spawn('openssl', [...args(server.port), '-sess_out', session], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const gone = once(first, 'exit');
    await until('a session to resume', () => existsSync(session));
    first.stdin.end('Q\n');
    await gone;
    const early = ['-sess_in', session, '-early_data', join(certificate.folder, 'cert.pem')];
    const bytes = await programHello('openssl', (port) => [...args(port), ...early]);
    assertHello(bytes, true);
    // The same session without early data may be sent again.
    const resumed = await programHello('openssl', (port) => [...args(port), '-sess_in', session]);
    assertHello(resumed);
  } finally {
    await server.close();
    certificate.remove();
  }
});

test("curl's hellos are read", withCurl, async () => {
  const hello = (...args: string[]) =>
    programHello('curl', (port) => [
      ...['-sk', '--noproxy', '*', '--max-time', '10', '--resolve', `curl.test:${port}:127.0.0.1`],
      ...[...args, `https://curl.test:${port}/`],
    ]);
  assertHello(await hello());
  assertHello(await hello('--http1.1', '--tlsv1.3'));
  assertHello(await hello('--tls-max', '1.2'));
});
