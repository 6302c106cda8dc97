// One request with Node's own TLS client: a whole handshake with a verified certificate, and an echo over it. Too costly to
// measure with: it proves that real clients get what visit.ts measures.
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { SocksClient } from 'socks';
import type { Laid } from '../field/messages.js';
import type { Destination, Visited } from './visit.js';

const WORDS = 'over TLS';

export async function realVisit(
  entry: number,
  destination: Destination,
  { ca, serverName }: Laid,
  timeout_ms: number,
): Promise<Visited> {
  const began = performance.now();
  const done = (failure: string | undefined): Visited => ({ ms: performance.now() - began, failure });
  let socket: Socket;
  try {
    const proxy = { host: '127.0.0.1', port: entry, type: 5 as const };
    ({ socket } = await SocksClient.createConnection({ proxy, command: 'connect', destination, timeout: timeout_ms }));
  } catch (error) {
    return done((error as Error).message);
  }
  return new Promise((resolve) => {
    // The same ClientHello for both services: its key share is X25519 alone, which one of the two does not know.
    const client = connect({ socket, servername: serverName, ca, ecdhCurve: 'X25519:P-384' });
    const settle = (failure: string | undefined): void => {
      clearTimeout(timer);
      client.destroy();
      resolve(done(failure));
    };
    const timer = setTimeout(() => settle(`TLS: nothing for ${timeout_ms} ms`), timeout_ms);
    client.once('secureConnect', () => client.write(WORDS));
    client.once('data', (chunk: Buffer) => settle(chunk.toString() === WORDS ? undefined : 'TLS: other words'));
    client.on('error', (error: NodeJS.ErrnoException) => settle(`TLS: ${error.code ?? error.message}`));
    client.once('close', () => settle('TLS: closed'));
  });
}
