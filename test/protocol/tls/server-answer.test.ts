// A server's first bytes as an answer to a ClientHello: literal ones at every split, and those of real servers.
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createServer, connect as tlsConnect } from 'node:tls';
import fc from 'fast-check';
import { ANSWER_SIZE_MAX, readServerWords, type ServerWords } from '../../../src/protocol/tls/server-answer.js';
import { capturedHello } from '../../helpers/captured-hello.js';
import { clientHello } from '../../helpers/client-hello.js';
import { makeCertificate, opensslServer } from '../../helpers/openssl.js';
import { missing } from '../../helpers/proxies.js';
import { TestServer } from '../../helpers/servers.js';

const FATAL = [21, 3, 3, 0, 2, 2, 40];
const UNRECOGNIZED_NAME = [21, 3, 3, 0, 2, 1, 112];
const text = (said: string) => [...Buffer.from(said)];

/** The bytes with which the verdict is known; before, it is `incomplete`. */
const ANSWERS: readonly [string, readonly number[], ServerWords][] = [
  ['a ServerHello', [22, 3, 3, 0, 0x5a], 'handshake'],
  ['the first part of a fragmented one', [22, 3, 3, 0, 1], 'handshake'],
  ['one of TLS 1.0', [22, 3, 1, 0x40, 0], 'handshake'],
  ['a fatal alert', FATAL, 'alert'],
  ['a fatal alert of SSL 3.0', [21, 3, 0, 0, 2, 2, 40], 'alert'],
  ['a close_notify', [21, 3, 3, 0, 2, 1, 0], 'alert'],
  ['an alert of no known level', [21, 3, 3, 0, 2, 7, 7], 'alert'],
  ['a ServerHello after a warning', [...UNRECOGNIZED_NAME, 22, 3, 3, 0, 80], 'handshake'],
  ['a fatal alert after a warning', [...UNRECOGNIZED_NAME, ...FATAL], 'alert'],
  ['a ServerHello after four warnings', [...Array(4).fill(UNRECOGNIZED_NAME).flat(), 22, 3, 3, 0, 80], 'handshake'],
  ['warnings without end', Array(5).fill(UNRECOGNIZED_NAME).flat(), 'alert'],
  ['plain HTTP', text('H'), 'other'],
  ['an SSH banner', text('S'), 'other'],
  ['plain text after a warning', [...UNRECOGNIZED_NAME, ...text('H')], 'other'],
  ['application data', [23], 'other'],
  ['a change of cipher', [20], 'other'],
  ['a major version of 2', [22, 2], 'other'],
  ['an alert of another major version', [21, 4], 'other'],
  ['an empty handshake record', [22, 3, 3, 0, 0], 'other'],
  ['a record too long', [22, 3, 3, 0x40, 1], 'other'],
  ['an alert of three bytes', [21, 3, 3, 0, 3], 'other'],
];

for (const [what, bytes, words] of ANSWERS) {
  test(`${what} is told from the byte that shows it, and stays so`, () => {
    const longer = Uint8Array.from([9, 9, ...bytes, ...Array(60).fill(21)]);
    for (let size = 0; size < bytes.length; size += 1) {
      assert.equal(readServerWords(longer, 2, 2 + size), 'incomplete', `${size} bytes`);
    }
    for (let end = 2 + bytes.length; end <= longer.length; end += 1) {
      assert.equal(readServerWords(longer, 2, end), words);
    }
  });
}

test('whatever comes, it is known within the bound', () => {
  assert.equal(ANSWER_SIZE_MAX, Array(5).fill(UNRECOGNIZED_NAME).flat().length);
  const record = fc.constantFrom(FATAL, UNRECOGNIZED_NAME, UNRECOGNIZED_NAME, UNRECOGNIZED_NAME, [22, 3, 3, 0, 80]);
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6 }), fc.uint8Array({ maxLength: 40 }), (records, noise) => {
      const bytes = Uint8Array.from([...records.flat(), ...noise]);
      const whole = readServerWords(bytes, 0, bytes.length);
      assert.ok(whole !== 'incomplete' || bytes.length < ANSWER_SIZE_MAX);
      for (let end = 0; end < bytes.length; end += 1) {
        const words = readServerWords(bytes, 0, end);
        if (words !== 'incomplete') assert.equal(whole, words);
      }
    }),
    { numRuns: 5000 },
  );
});

/** The first words of the server at `port` after `hello`, read as they come; what it had said by then comes along. */
function answer(port: number, hello: Uint8Array): Promise<{ words: ServerWords | 'end'; said: Buffer }> {
  return new Promise((resolve, reject) => {
    let said = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => socket.write(hello));
    socket.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]);
      const words = readServerWords(said, 0, said.length);
      if (words === 'incomplete') return;
      resolve({ words, said });
      socket.destroy();
    });
    socket.on('end', () => resolve({ words: 'end', said }));
    socket.on('error', reject);
  });
}

/** The ClientHello of Node's client with these options. */
function nodeHello(options: object): Promise<Uint8Array> {
  return capturedHello((port) => {
    tlsConnect({ host: '127.0.0.1', port, ...options }).on('error', () => {});
  });
}

const withoutOpenssl = missing('openssl');
const skip = withoutOpenssl === undefined ? {} : { skip: withoutOpenssl };

test("a ServerHello of Node's server, of TLS 1.2 and 1.3, and its refusal", skip, async (t) => {
  const certificate = makeCertificate('server.test');
  t.after(() => certificate.remove());
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { key, cert } = certificate;
    const tls = createServer({ key, cert, minVersion: version, maxVersion: version }).on('tlsClientError', () => {});
    const server = await TestServer.of(tls);
    try {
      const hello = await nodeHello({ servername: 'server.test' });
      assert.equal((await answer(server.port, hello)).words, 'handshake');
      // A hello is answered again on another connection: nothing in it is spent.
      assert.equal((await answer(server.port, hello)).words, 'handshake');
      const other = version === 'TLSv1.2' ? 'TLSv1.3' : 'TLSv1.2';
      const refused = await answer(server.port, await nodeHello({ minVersion: other, maxVersion: other }));
      assert.equal(refused.words, 'alert');
      // protocol_version
      assert.deepEqual([...refused.said.subarray(5, 7)], [2, 70]);
    } finally {
      await server.close();
    }
  }
});

test("a HelloRetryRequest of openssl's server is an answer", skip, async () => {
  const certificate = makeCertificate('server.test');
  const server = await opensslServer(certificate, '-groups', 'P-384');
  try {
    const hello = await nodeHello({ ecdhCurve: 'X25519:P-384', minVersion: 'TLSv1.3' });
    const { words, said } = await answer(server.port, hello);
    assert.equal(words, 'handshake');
    // RFC 8446 section 4.1.3: the random of a HelloRetryRequest is the SHA-256 of its name.
    assert.equal(said.subarray(11, 19).toString('hex'), 'cf21ad74e59a6111');
  } finally {
    await server.close();
    certificate.remove();
  }
});

test("a warning of openssl's server before its ServerHello is passed over", skip, async () => {
  const certificate = makeCertificate('server.test');
  const second = ['-cert2', 'cert.pem', '-key2', 'key.pem'];
  const server = await opensslServer(certificate, '-tls1_2', '-servername', 'server.test', ...second);
  try {
    const { words, said } = await answer(server.port, await nodeHello({ servername: 'other.test' }));
    assert.equal(words, 'handshake');
    assert.deepEqual([...said.subarray(0, 8)], [...UNRECOGNIZED_NAME, 22]);
  } finally {
    await server.close();
    certificate.remove();
  }
});

test('a web server without TLS and an SSH server answer something else', async () => {
  const hello = clientHello({ serverName: 'server.test' });
  const http = await TestServer.of(createHttpServer());
  const ssh = await TestServer.listen((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
  try {
    const { words, said } = await answer(http.port, hello);
    assert.equal(words, 'other');
    assert.match(said.toString(), /^HTTP\/1\.1 400 /);
    assert.equal((await answer(ssh.port, hello)).words, 'other');
  } finally {
    await http.close();
    await ssh.close();
  }
});
