// The client of `tcproute explain`: connects through a gateway to a target as an application would, begins TLS or waits for
// the first byte, and breaks off. One connection; every wait is bounded. Only this file uses `socks`. It reads no records.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { SocksClient } from 'socks';
import { resetSocket } from '../../../dial/reset.js';
import { formatEndpoint } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import { reasonOf, within } from '../../../threads/within.js';
import type { Address } from '../../accept/listen.js';

/** How long a first byte is waited for: servers that speak first do so at once. */
const WORD_WAIT_MS = 1000;

/** What the destination did after it was connected. */
export type Answer =
  | { readonly kind: 'not-connected' }
  /** `certificate`: `trusted`, or why Node does not trust it. */
  | { readonly kind: 'tls'; readonly protocol: string; readonly certificate: string; readonly handshake_ms: number }
  | { readonly kind: 'tls-failed'; readonly reason: string }
  | { readonly kind: 'spoke-first' }
  /** It waits for the client to speak, and the client sent nothing. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'ended' };

export interface Visit {
  /** The client's address and port, by which the gateway's records name it. */
  readonly client: string;
  readonly answer: Answer;
}

export interface Visiting {
  readonly tls: boolean;
  /** The time for the gateway's reply, and for the TLS handshake after it. */
  readonly reply_ms: number;
  readonly handshake_ms: number;
}

/** Connects to the target through the gateway at `host:port`. A failure is a kind of `Answer`, not an error. */
export async function visit({ host, port }: Address, target: Target, visiting: Visiting): Promise<Visit> {
  // Half open, since a socket that is being shut down cannot be reset.
  const socket = connect({ host, port, allowHalfOpen: true });
  // An error shows as the end of the stream.
  socket.on('error', () => {});
  try {
    const reached = await within(visiting.reply_ms, once(socket, 'connect'));
    const client = formatEndpoint(socket.localAddress ?? '', socket.localPort ?? 0);
    const asked = reached.code === 'answered' && (await ask(socket, { host, port }, target, visiting.reply_ms));
    if (!asked) return { client, answer: { kind: 'not-connected' } };
    const rest = await restOf(socket);
    const answer = visiting.tls
      ? await shakeHands(socket, rest, target, visiting.handshake_ms)
      : await listen(socket, rest);
    return { client, answer };
  } finally {
    // A reset, so that the gateway ends the connection in any state. It also ends TLS above the socket.
    resetSocket(socket);
  }
}

/** Asks the gateway for the target, as an application would. Returns whether the reply says that it is connected. */
async function ask(socket: Socket, { host, port }: Address, target: Target, reply_ms: number): Promise<boolean> {
  const asked = SocksClient.createConnection({
    command: 'connect',
    proxy: { host, port, type: 5 },
    destination: { host: target.asked, port: target.port },
    existing_socket: socket,
    timeout: reply_ms,
  });
  // `socks` waits for a close, but a half-open socket does not close by itself.
  const close = (): void => void socket.destroy();
  socket.once('end', close);
  const { code } = await within(reply_ms, asked);
  socket.off('end', close);
  return code === 'answered';
}

/** The bytes after the reply: `socks` emits them once, in an event after its promise. */
async function restOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const keep = (chunk: Buffer): void => void chunks.push(chunk);
  socket.on('data', keep);
  await setImmediate();
  socket.off('data', keep).pause();
  return Buffer.concat(chunks);
}

/** The next bytes; undefined at the end of the stream. */
async function read(socket: Socket, within_ms: number): Promise<Buffer | 'late' | undefined> {
  if (socket.readableLength === 0) {
    if (socket.destroyed || socket.readableEnded) return undefined;
    const { code } = await within(Math.max(within_ms, 0), once(socket, 'readable'));
    if (code === 'late') return 'late';
  }
  return socket.read() ?? undefined;
}

async function listen(socket: Socket, rest: Buffer): Promise<Answer> {
  if (rest.length > 0) return { kind: 'spoke-first' };
  const word = await read(socket, WORD_WAIT_MS);
  if (word === 'late') return { kind: 'waits' };
  return { kind: word === undefined ? 'ended' : 'spoke-first' };
}

/** Accepts every certificate: one that is not trusted is reported, and is no failure. */
async function shakeHands(socket: Socket, rest: Buffer, { host, ip }: Target, handshake_ms: number): Promise<Answer> {
  const begun = performance.now();
  if (rest.length > 0 && !socket.readableEnded) socket.unshift(rest);
  const name = ip === undefined ? { servername: host } : { host };
  const secure = connectTls({ socket, ...name, rejectUnauthorized: false });
  let failure: unknown;
  secure.on('error', (error) => {
    failure ??= error;
  });
  const shaken = await within(handshake_ms, once(secure, 'secureConnect'));
  const time_ms = Math.round((performance.now() - begun) * 100) / 100;
  const { authorized, authorizationError } = secure;
  const protocol = secure.getProtocol() ?? 'TLS';
  switch (shaken.code) {
    case 'answered':
      return {
        kind: 'tls',
        protocol,
        certificate: authorized ? 'trusted' : codeOf(authorizationError),
        handshake_ms: time_ms,
      };
    case 'failed':
      return { kind: 'tls-failed', reason: tlsReason(failure) };
    case 'late':
      return { kind: 'tls-failed', reason: `no handshake within ${handshake_ms} ms` };
    default:
      return shaken satisfies never;
  }
}

/** OpenSSL's reason if there is one, such as "wrong version number"; otherwise the message. */
function tlsReason(error: unknown): string {
  const { reason } = error as { reason?: string };
  return (reason ?? reasonOf(error)).split('\n')[0] as string;
}

/** The code of an error, or its message. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? reasonOf(error);
}
