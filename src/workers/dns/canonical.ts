// The one text form of an address (RFC 5952), which neither the DNS library nor a client always writes. It checks nothing:
// what it is given is an address.
import { SocketAddress } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** An IPv4 address inside an IPv6 one comes out as what it is, so that no list of addresses is passed by. */
export function canonical(address: string): string {
  if (!address.includes(':')) return address;
  const text = new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(text)?.[1] ?? text;
}
