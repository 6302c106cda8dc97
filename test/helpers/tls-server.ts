// A real TLS echo server on loopback: Node's, with a certificate for `tls.test`.
import { createServer, type TlsOptions } from 'node:tls';
import { certificateFor } from './certificate.js';
import { TestServer } from './servers.js';

export const TLS_NAME = 'tls.test';

export interface TlsServer {
  readonly host: string;
  readonly port: number;
  /** The certificate that its clients must trust, together with the name. */
  readonly ca: string;
  /** Number of completed handshakes. */
  readonly handshakes: number;
  close(): Promise<void>;
}

export async function tlsServer(options: TlsOptions = {}): Promise<TlsServer> {
  const { key, cert } = certificateFor(TLS_NAME);
  let handshakes = 0;
  const server = createServer({ key, cert, ...options }, (socket) => {
    handshakes += 1;
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.on('tlsClientError', () => {});
  const listening = await TestServer.of(server);
  return {
    host: listening.host,
    port: listening.port,
    ca: cert,
    get handshakes() {
      return handshakes;
    },
    close: () => listening.close(),
  };
}

/**
 * A server that answers a ClientHello with a HelloRetryRequest: it knows only P-384, and clients that prefer X25519 send no
 * key share for that. TLS 1.3 only, since earlier versions have no such message.
 */
export function retryingTlsServer(): Promise<TlsServer> {
  return tlsServer({ ecdhCurve: 'P-384', minVersion: 'TLSv1.3' });
}
