// The addresses that a load's connections use in turn: source addresses in 127.1.0.0/24 and target ports. One pair of
// addresses has only some 28 000 ephemeral ports, and each stays in TIME_WAIT for a minute.
import { packAddress } from '../../../src/linux/addresses.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import type { Way } from '../../shared/messages.js';

const LOOPBACK = new Uint8Array([127, 0, 0, 1]);
const SOURCES = 250;
/** Bytes from one request to the next: 4 of head, a name of up to 255 with its length, a port; rounded up. */
const REQUEST_STRIDE = 264;

export class Route {
  /** The address to connect to, packed. */
  readonly entry: Uint8Array;
  readonly handshake: boolean;
  /** The requests in kernel-visible memory. */
  readonly #memory: Memory | undefined;
  readonly #sizes: number[] = [];
  readonly #sources: Uint8Array[] = [];
  #source = 0;
  #request = 0;

  constructor(way: Way) {
    this.entry = packAddress(LOOPBACK, way.entry);
    this.handshake = way.ask !== undefined;
    for (let i = 1; i <= SOURCES; i += 1) this.#sources.push(new Uint8Array([127, 1, 0, i]));
    if (way.ask === undefined) return;
    const { host, ports } = way.ask;
    this.#memory = mapMemory(Math.ceil((ports.length * REQUEST_STRIDE) / 4096) * 4096);
    ports.forEach((port, index) => {
      const request = requestFor(host, port);
      this.#memory?.bytes.set(request, index * REQUEST_STRIDE);
      this.#sizes.push(request.length);
    });
  }

  nextSource(): Uint8Array {
    this.#source = (this.#source + 1) % SOURCES;
    return this.#sources[this.#source];
  }

  /** Offset of the next CONNECT request in `requests`; its length is `requestSize`. */
  nextRequest(): number {
    this.#request = (this.#request + 1) % this.#sizes.length;
    return this.#request * REQUEST_STRIDE;
  }

  get requests(): Memory {
    return this.#memory as Memory;
  }

  get requestSize(): number {
    return this.#sizes[this.#request];
  }
}

/** CONNECT (RFC 1928 section 4) to an IPv4 address or a name. */
function requestFor(host: string, port: number): Uint8Array {
  const end = [port >> 8, port & 255];
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return new Uint8Array([5, 1, 0, 1, ...host.split('.').map(Number), ...end]);
  const name = new TextEncoder().encode(host);
  return new Uint8Array([5, 1, 0, 3, name.length, ...name, ...end]);
}
