// The certificate authorities that a server's certificate is verified with, as one TLS context for all connections: to
// parse the usual 140 takes some 25 ms of CPU and a MiB outside of every heap. It opens no connection.
import type { SecureContext } from 'node:tls';

type Tls = typeof import('node:tls');

export class Authorities {
  readonly #certificates: readonly string[] | undefined;
  #context: SecureContext | undefined;

  /** PEM; undefined is Node's own. */
  constructor(certificates?: readonly string[]) {
    this.#certificates = certificates;
  }

  /** Made when it is needed first. */
  context(tls: Tls): SecureContext {
    const ca = this.#certificates === undefined ? {} : { ca: [...this.#certificates] };
    this.#context ??= tls.createSecureContext({ ...ca, minVersion: 'TLSv1.2' });
    return this.#context;
  }
}
