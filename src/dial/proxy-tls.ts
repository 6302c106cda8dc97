// TLS to an HTTPS proxy over a connection that stands: the proxy's certificate is verified for its name. It speaks to the
// proxy no further.
import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { TlsToProxy } from '../protocol/lines/line.js';

type Tls = typeof import('node:tls');

/** What `ERR_SSL_` begins comes from the handshake, such as an alert of the proxy about a certificate of ours. */
const OF_CERTIFICATE = /^(?!ERR_SSL_).*(?:CERT|SIGNATURE|ISSUER|CRL|HOSTNAME_MISMATCH|PATH_LENGTH|PURPOSE|INVALID_CA)/;

const HAS_CERTIFICATE = /^-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/m;

/** A file that cannot be read, or holds no certificates, is tried again with the next connection. */
function newContext(tls: Tls, caFile: string | undefined): SecureContext {
  const minVersion = 'TLSv1.2';
  if (caFile === undefined) return tls.createSecureContext({ minVersion });
  try {
    const own = readFileSync(caFile, 'utf8');
    // Node takes a text without any for none.
    if (!HAS_CERTIFICATE.test(own)) throw new Error('it holds no certificates');
    return tls.createSecureContext({ minVersion, ca: [...tls.rootCertificates, own] });
  } catch (error) {
    throw coded('CA_CERT_FILE_UNUSABLE', `ca_file: ${(error as Error).message}`);
  }
}

/** The certificate authorities by file: parsing the usual ones takes 25 ms and 1 MiB, so a thread has one of each. */
export class ProxyAuthorities {
  readonly #contexts = new Map<string | undefined, SecureContext>();

  /** Throws where the file cannot be read, or holds no certificates. Bounded by the lines of the configuration. */
  context(tls: Tls, caFile: string | undefined): SecureContext {
    const known = this.#contexts.get(caFile);
    if (known !== undefined) return known;
    const context = newContext(tls, caFile);
    this.#contexts.set(caFile, context);
    return context;
  }
}

/** Resolves once the handshake is done. Rejects with the error; both sockets are then destroyed. */
export async function secureTo(socket: Socket, to: TlsToProxy, authorities: ProxyAuthorities): Promise<TLSSocket> {
  try {
    const tls = await import('node:tls');
    // It may have been given up meanwhile.
    if (socket.destroyed) throw coded('ECONNRESET', 'closed while it was opened');
    const secured = tls.connect({
      socket,
      // The name or address that the certificate must have. An address is no server name (RFC 6066 section 3).
      host: to.serverName,
      ...(isIP(to.serverName) === 0 ? { servername: to.serverName } : {}),
      ALPNProtocols: ['http/1.1'],
      secureContext: authorities.context(tls, to.caFile),
    });
    // A later error, or one together with a close, must not end the process.
    secured.on('error', () => {});
    await handshake(secured);
    return secured;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function handshake(secured: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(coded('ECONNRESET', 'closed while it was opened'));
    const onError = (error: Error): void => {
      secured.destroy();
      reject(error);
    };
    secured.once('error', onError).once('close', onClose);
    secured.once('secureConnect', () => {
      secured.off('error', onError).off('close', onClose);
      resolve();
    });
  });
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** Whether an error of `secureTo` is about the certificate: Node gives it OpenSSL's name of the verification error. */
export function isOfCertificate(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && OF_CERTIFICATE.test(code);
}
