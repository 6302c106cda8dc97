// A connection through the gateway whose two ends are plain fds, used by direct calls: for tests that must see how a
// connection ended. Node's sockets do not show it: libuv reports an end of stream when a reset comes right behind some bytes.
import * as libc from '../../src/linux/libc.js';
import { sendBytes } from '../../src/linux/sockets.js';
import { acceptFrom, awaitReady, connecting, listening, POLLIN, POLLOUT, readNow } from '../linux/peers.js';
import { greeting, request } from './socks-client.js';

/** Method choice and a reply with an IPv4 address. */
const ANSWER_SIZE = 2 + 10;

export interface RawEnds {
  readonly client: number;
  readonly destination: number;
  /** The destination's port. */
  readonly port: number;
}

/** `early` are bytes that the client sends right behind its request. The caller owns the fds. */
export function rawThrough(gatewayPort: number, early?: Uint8Array): RawEnds {
  const { fd: listener, port } = listening();
  const client = rawClient(gatewayPort, port, early);
  const destination = acceptFrom(listener);
  libc.close(listener);
  return { client, destination, port };
}

/** A client that has read its reply. */
export function rawClient(gatewayPort: number, port: number, early: Uint8Array = new Uint8Array()): number {
  const client = connecting(gatewayPort);
  awaitReady(client, POLLOUT);
  sendBytes(client, Buffer.concat([greeting(), request({ host: '127.0.0.1', port }), early]));
  for (let size = 0; size < ANSWER_SIZE; ) {
    awaitReady(client, POLLIN);
    const part = readNow(client, ANSWER_SIZE - size);
    if (typeof part === 'number' || part.length === 0) throw new Error(`no reply: ${part}`);
    size += part.length;
  }
  return client;
}

const block = new Uint8Array(65_536);

/** Sends from one end and reads at the other until `size` bytes have come; more may be under way then. */
export function pump(from: number, to: number, size: number): void {
  for (let came = 0; came < size; ) {
    sendBytes(from, block);
    const part = readNow(to);
    if (typeof part !== 'number') came += part.length;
  }
}
