// The certificate authorities that verify a server's certificate, as one TLS context for all connections: parsing the usual
// 140 takes about 25 ms of CPU and 1 MiB outside of every heap. It opens no connection.
import type { SecureContext } from 'node:tls';

type Tls = typeof import('node:tls');

export class Authorities {
  readonly #certificates: readonly string[] | undefined;
  #context: SecureContext | undefined;

  /** `certificates`: in PEM; undefined for Node's own. */
  constructor(certificates?: readonly string[]) {
    this.#certificates = certificates;
  }

  /** The context, made at the first call. */
  context(tls: Tls): SecureContext {
    const ca = this.#certificates === undefined ? {} : { ca: [...this.#certificates] };
    this.#context ??= tls.createSecureContext({ ...ca, minVersion: 'TLSv1.2' });
    return this.#context;
  }
}
