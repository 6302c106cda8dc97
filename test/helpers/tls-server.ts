// A real TLS server on loopback that says back what it hears: Node's, with a certificate of its own for `tls.test`.
import { createServer, type TlsOptions } from 'node:tls';
import { certificateFor } from './certificate.js';
import { TestServer } from './servers.js';

export const TLS_NAME = 'tls.test';

export interface TlsServer {
  readonly host: string;
  readonly port: number;
  /** To be trusted by its clients, together with the name. */
  readonly ca: string;
  /** Handshakes that were completed. */
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
 * One that answers a ClientHello with a HelloRetryRequest: it knows only P-384, for which clients that name X25519 first
 * send no key share. TLS 1.3 alone, where there is such a thing.
 */
export function retryingTlsServer(): Promise<TlsServer> {
  return tlsServer({ ecdhCurve: 'P-384', minVersion: 'TLSv1.3' });
}
