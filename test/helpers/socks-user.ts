// A SOCKS5 client that names a user (RFC 1929), from an address of its choice. Written from the RFC.
import { connect } from 'node:net';
import { type Destination, greeting, readReply, request } from './socks-client.js';
import { Peer } from './socks-peer.js';

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** What became of it: the REP byte of the reply, or `refused` where the user was. */
export type Answered = { readonly peer: Peer; readonly came: number | 'refused' };

export function credentials({ name, password }: Credentials): Buffer {
  const part = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([1]), part(name), part(password)]);
}

/** `from`: an address of this machine. */
export async function dialAs(
  port: number,
  who: Credentials,
  destination: Destination,
  from = '127.0.0.1',
): Promise<Answered> {
  const peer = new Peer(connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true, noDelay: true }));
  peer.send(greeting([2]));
  const chosen = await peer.read(2);
  if (chosen[1] !== 2) throw new Error(`method ${chosen.toString('hex')}`);
  peer.send(credentials(who));
  const [version, status] = await peer.read(2);
  if (version !== 1) throw new Error(`version ${version}`);
  if (status !== 0) return { peer, came: 'refused' };
  peer.send(request(destination));
  return { peer, came: (await readReply(peer)).rep };
}
