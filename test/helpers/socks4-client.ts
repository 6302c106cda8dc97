// SOCKS4 and 4A requests as bytes, written from the notes and not with the gateway's codecs, so that both cannot share a mistake.
import type { Destination } from './socks-client.js';

/** An IPv4 address goes as one, anything else as a name (4A). */
export function request4({ host, port }: Destination, user = '', command = 1): Buffer {
  const isAddress = /^[\d.]+$/.test(host);
  const address = isAddress ? host.split('.').map(Number) : [0, 0, 0, 1];
  const head = Buffer.from([4, command, port >> 8, port & 255, ...address]);
  return Buffer.concat([head, Buffer.from(`${user}\0${isAddress ? '' : `${host}\0`}`)]);
}

export const GRANTED = 90;
export const REJECTED = 91;
