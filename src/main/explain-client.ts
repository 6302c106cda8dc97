// The client of `tcproute explain`: goes through a gateway to a target as an application would, says hello in TLS or waits
// for a word, and breaks off. One connection; every wait is bounded.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { formatEndpoint } from '../protocol/address.js';
import { Chain } from '../protocol/outbound/chain.js';
import type { Target } from '../protocol/target.js';
import { reasonOf, within } from './deadline.js';
import type { Address } from './listen.js';

/** Servers that speak first do so at once. */
const WORD_WAIT_MS = 1000;

/** What the destination did once it was connected. */
export type Answer =
  | { readonly kind: 'not-connected' }
  /** `certificate`: `trusted`, or why it would not be by a browser's rules. */
  | { readonly kind: 'tls'; readonly protocol: string; readonly certificate: string; readonly handshake_ms: number }
  | { readonly kind: 'tls-failed'; readonly reason: string }
  | { readonly kind: 'spoke-first' }
  /** It waits for the client to speak, and it was not spoken to. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'ended' };

export interface Visit {
  /** What the gateway calls this client. */
  readonly client: string;
  readonly answer: Answer;
}

export interface Visiting {
  readonly tls: boolean;
  /** For the gateway to reply, and for the handshake after it. */
  readonly reply_ms: number;
  readonly handshake_ms: number;
}

export async function visit({ host, port }: Address, target: Target, visiting: Visiting): Promise<Visit> {
  // Half open, because a socket that is being shut down cannot be reset: libuv refuses, and Node then leaves it open.
  const socket = connect({ host, port, allowHalfOpen: true });
  // What breaks shows as the end of the stream.
  socket.on('error', () => {});
  try {
    await within(visiting.reply_ms, once(socket, 'connect'));
    const client = formatEndpoint(socket.localAddress ?? '', socket.localPort ?? 0);
    const chain = new Chain(
      [{ kind: 'socks5', host, port, username: undefined, password: undefined }],
      target.asked,
      target.port,
    );
    const isConnected = await negotiate(socket, chain, performance.now() + visiting.reply_ms);
    if (!isConnected) return { client, answer: { kind: 'not-connected' } };
    const answer = visiting.tls ? await shakeHands(socket, target, visiting.handshake_ms) : await listen(socket);
    return { client, answer };
  } finally {
    // A reset, so that the gateway knows that it is over however far it has come. It takes TLS above it along.
    socket.resetAndDestroy();
  }
}

/** Whether the gateway says that the target is connected. */
async function negotiate(socket: Socket, chain: Chain, deadline: number): Promise<boolean> {
  socket.write(chain.start());
  for (;;) {
    const bytes = await read(socket, deadline - performance.now());
    if (bytes === undefined || bytes === 'late') return false;
    const step = chain.feed(bytes);
    if (step.kind === 'send') socket.write(step.bytes);
    if (step.kind === 'failed') return false;
    if (step.kind === 'connected') {
      if (step.rest.length > 0) socket.unshift(step.rest);
      return true;
    }
  }
}

/** What comes next; undefined for the end. */
async function read(socket: Socket, within_ms: number): Promise<Buffer | 'late' | undefined> {
  if (socket.readableLength === 0) {
    if (socket.destroyed || socket.readableEnded) return undefined;
    const { code } = await within(Math.max(within_ms, 0), once(socket, 'readable'));
    if (code === 'late') return 'late';
  }
  return socket.read() ?? undefined;
}

async function listen(socket: Socket): Promise<Answer> {
  const word = await read(socket, WORD_WAIT_MS);
  if (word === 'late') return { kind: 'waits' };
  return { kind: word === undefined ? 'ended' : 'spoke-first' };
}

/** Whoever answers is heard: that its certificate is not trusted is told, and is no failure. */
async function shakeHands(socket: Socket, { host, ip }: Target, handshake_ms: number): Promise<Answer> {
  const begun = performance.now();
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

/** OpenSSL's own words where it has some, such as "wrong version number"; else the message. */
function tlsReason(error: unknown): string {
  const { reason } = error as { reason?: string };
  return (reason ?? reasonOf(error)).split('\n')[0] as string;
}

/** Node gives the code of an error, or the error. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? reasonOf(error);
}
