// Opens a stream to the first proxy of a line: a connection, and TLS over it where the proxy wants that. It asks the proxy
// for nothing.
import type { Socket } from 'node:net';
import type { TlsToProxy } from '../protocol/lines/line.js';
import { openFrom } from './first-hop.js';
import { type ProxyAuthorities, secureTo } from './proxy-tls.js';
import { resetSocket } from './reset.js';
import type { Wanted } from './wanted.js';

export interface ProxyStream {
  /** The connection. */
  readonly raw: Socket;
  /** What is spoken on: TLS over the connection, or the connection itself. */
  readonly stream: Socket;
}

/** Rejects with the error, also when `signal` aborts; then no socket is left open. */
export async function openProxy(
  wanted: Wanted,
  tls: TlsToProxy | undefined,
  authorities: ProxyAuthorities,
  signal: AbortSignal,
): Promise<ProxyStream> {
  const raw = await openFrom(wanted, signal);
  if (signal.aborted) raw.destroy();
  signal.throwIfAborted();
  if (tls === undefined) return { raw, stream: raw };
  // So that nothing of it stays behind.
  const abort = (): void => resetSocket(raw);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return { raw, stream: await secureTo(raw, tls, authorities) };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
