// QUIC of version 2 (RFC 9369), which Debian's ngtcp2 does not speak: Chromium as its client, and a server that says no more than what
// shows that both sides have read each other. It has no TLS, so no connection is ever made.
import { spawn } from 'node:child_process';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLongPacket } from '../../../src/protocol/quic/long-header.js';
import { VERSION_2 } from '../../../src/protocol/quic/versions.js';
import { killGroup, QUIET } from '../chromium.js';
import { initialPacket, retryPacket } from './packets.js';

const TOKEN = Buffer.from('a token');
const OWN_ID = Uint8Array.from([1, 1, 2, 3, 5, 8, 13, 21]);
/** CONNECTION_CLOSE with CONNECTION_REFUSED (RFC 9000 section 20.1). */
const REFUSAL = [0x1c, 2, 0, 0];

/** Asks for proof of the client's address (Retry), and refuses the connection of a client that has given it. */
export class Version2Server {
  readonly host: string;
  readonly port: number;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.host = address;
    this.port = port;
    socket.on('message', (bytes, from) => this.#take(bytes, from));
  }

  static async listen(): Promise<Version2Server> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Version2Server(socket);
  }

  #take(bytes: Buffer, { address, port }: RemoteInfo): void {
    const packet = readLongPacket(bytes, 0, bytes.length);
    if (packet?.version !== VERSION_2 || packet.type !== 'initial') return;
    const chosen = bytes.subarray(packet.destination, packet.destination + packet.destinationSize);
    const client = bytes.subarray(packet.source, packet.source + packet.sourceSize);
    const answer = bytes.includes(TOKEN)
      ? initialPacket(
          { version: VERSION_2, chosen, destination: client, source: OWN_ID, side: 'server' },
          REFUSAL,
          1200,
        )
      : retryPacket(chosen, client, OWN_ID, TOKEN, VERSION_2);
    this.#socket.send(answer, port, address);
  }

  /** Whether a datagram of a client has what a Retry has asked for. */
  static isProven(bytes: Buffer): boolean {
    return bytes.includes(TOKEN);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** Chromium visits https://quic.test at an address, by version 2 only. Returns what it says on stderr once it has given up. */
export async function visitByVersion2({ host, port }: { readonly host: string; readonly port: number }) {
  const profile = mkdtempSync(join(tmpdir(), 'tcproute-quic-browser-'));
  const origin = `quic.test:${port}`;
  const quic = ['--quic-version=RFCv2', `--origin-to-force-quic-on=${origin}`];
  const how = [...quic, `--host-resolver-rules=MAP quic.test ${host}`, `--user-data-dir=${profile}`];
  const child = spawn('chromium', [...QUIET, ...how, '--dump-dom', `https://${origin}/`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const abandon = () => killGroup(child);
  process.once('exit', abandon);
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(child, 'close');
  process.off('exit', abandon);
  // Its other processes may still write to the profile.
  abandon();
  rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
  return output;
}
