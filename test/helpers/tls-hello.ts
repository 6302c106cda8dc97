// ClientHellos: a real one as bytes, and how a server reads one from any number of segments and records (RFC 8446 sections
// 4.1.2 and 5.1). Written from the RFC and not with the gateway's parser, so that both cannot share a mistake.
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import type { Peer } from './socks-peer.js';

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** Reads the records of the ClientHello and returns them byte for byte. */
export async function readHello(peer: Peer): Promise<Buffer> {
  const records: Buffer[] = [];
  const fragments: Buffer[] = [];
  for (;;) {
    const head = await peer.read(5);
    if (head[0] !== HANDSHAKE) throw new Error(`a record of type ${head[0]} where a ClientHello should be`);
    const fragment = await peer.read(head.readUInt16BE(3));
    records.push(head, fragment);
    fragments.push(fragment);
    const message = Buffer.concat(fragments);
    if (message.length > 0 && message[0] !== CLIENT_HELLO) throw new Error(`handshake message ${message[0]}`);
    if (message.length >= 4 && message.length >= 4 + message.readUIntBE(1, 3)) return Buffer.concat(records);
  }
}

/** The ClientHello of Node's client. Long ALPN lists make it long. */
export async function clientHello(options: ConnectionOptions = {}): Promise<Buffer> {
  let said: (chunk: Buffer) => void = () => {};
  const hello = new Promise<Buffer>((resolve) => {
    said = resolve;
  });
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      said(Buffer.from(chunk));
      done();
    },
  });
  const client = connect({ servername: 'tls.test', ...options, socket: wire });
  client.on('error', () => {});
  await hello;
  client.destroy();
  return hello;
}
