// From where an association takes its client's datagrams, and where its answers go (RFC 1928 sections 6 and 7): the address is
// that of the client's connection, whatever the client says. The port is the one that it has declared, or that of its first
// datagram; then it is fixed. So nobody else can send as the client, and no answer goes to where nobody asked.
import { type Endpoint, endpointOf, isSameAddress } from './endpoint.js';

export class ClientEndpoint {
  /** As packed for a socket: 4 or 16 bytes. */
  readonly ip: Uint8Array;
  readonly #address: Endpoint;
  /** 0 while it is not known. */
  #port: number;

  /** `declared`: the port from which the client says that it will send; 0 where it does not say so. */
  constructor(ip: Uint8Array, declared: number) {
    this.ip = ip;
    this.#address = endpointOf(ip, 0);
    this.#port = declared;
  }

  get port(): number {
    return this.#port;
  }

  /** Whether a datagram from there may be the client's. */
  mayBe(from: Endpoint): boolean {
    return (this.#port === 0 || from.port === this.#port) && isSameAddress(from, this.#address);
  }

  /** A datagram of the client has come from this port, which is its own from now on. */
  fix(port: number): void {
    this.#port = port;
  }
}
