// One tunnel: a connection by TLS to a proxy, and our end of a pair of sockets whose other end a connection actor has. It
// says first what came of the connection, and then passes bytes both ways, with their ends and, as far as TLS has them,
// their resets. Neither side is read while the other one has no room.
import { Socket } from 'node:net';
import { openProxy, type ProxyStream } from '../../dial/proxy.js';
import { isOfCertificate, type ProxyAuthorities } from '../../dial/proxy-tls.js';
import { duplicate, isHungUp, makeReset } from '../../linux/pairs.js';
import { formatIp } from '../../protocol/address/address.js';
import type { Line } from '../../protocol/lines/line.js';
import { encodeOutcome, type TunnelOutcome } from '../../protocol/outbound/tunnel.js';
import type { FailureCode } from '../../protocol/race/failure.js';
import type { TunnelOrder } from '../../threads/contracts/tls.js';

export interface TunnelParts {
  readonly authorities: ProxyAuthorities;
  /** 0 for never. */
  readonly keepAlive_s: number;
}

/** What Node says of a source or of fds that cannot be had. Anything else is on the way to the proxy. */
const CAUSES: Readonly<Record<string, FailureCode>> = {
  ENODEV: 'interface-unavailable',
  EPERM: 'source-not-permitted',
  EADDRNOTAVAIL: 'source-unavailable',
  EADDRINUSE: 'source-in-use',
  EMFILE: 'out-of-resources',
  ENFILE: 'out-of-resources',
};

interface OwnEnd {
  readonly fd: number;
  readonly socket: Socket;
}

/** Our end of the pair; undefined where the connection actor has given the order up. */
function ownEnd({ far }: TunnelOrder): OwnEnd | undefined {
  const fd = duplicate(far);
  return fd === undefined ? undefined : { fd, socket: new Socket({ fd, allowHalfOpen: true }).on('error', () => {}) };
}

/** Resolves when the tunnel has ended. Never rejects. */
export async function tunnel(order: TunnelOrder, line: Line, parts: TunnelParts): Promise<void> {
  const end = ownEnd(order);
  if (end === undefined) return;
  const near = end.socket;
  const over = new AbortController();
  // Until it has heard the outcome, the actor sends nothing; it gives up by closing its end.
  const giveUp = (): void => over.abort();
  near.once('end', giveUp).once('close', giveUp).resume();
  try {
    const opened = await open(order, line, parts, over.signal);
    near.off('end', giveUp).off('close', giveUp);
    if (near.destroyed || over.signal.aborted) opened.raw.destroy();
    else {
      if (parts.keepAlive_s > 0) opened.raw.setKeepAlive(true, parts.keepAlive_s * 1000);
      await carry(order, end, opened);
    }
  } catch (error) {
    say(near, failureOf(error));
    near.destroySoon();
  }
}

/** Says that no tunnel is made. */
export function refuse(order: TunnelOrder, cause: FailureCode, detail: string): void {
  const near = ownEnd(order)?.socket;
  if (near === undefined) return;
  say(near, { code: 'failed', cause, detail });
  near.destroySoon();
}

function open(order: TunnelOrder, line: Line, { authorities }: TunnelParts, signal: AbortSignal): Promise<ProxyStream> {
  const { port, tls } = line.hops[0];
  const wanted = { host: formatIp(order.ip), port, source: line.source, allowHalfOpen: true };
  return openProxy(wanted, tls, authorities, signal);
}

function failureOf(error: unknown): TunnelOutcome {
  const { code, message } = error as NodeJS.ErrnoException;
  const detail = code ?? message;
  if (isOfCertificate(error)) return { code: 'failed', cause: 'proxy-certificate', detail };
  const cause = CAUSES[code ?? ''] ?? (code?.startsWith('ERR_SSL_') ? 'proxy-protocol' : 'proxy-unreachable');
  return { code: 'failed', cause, detail };
}

function say(near: Socket, outcome: TunnelOutcome): void {
  if (!near.destroyed) near.write(encodeOutcome(outcome));
}

/** Passes bytes both ways until both directions have ended, or one side is broken. */
function carry(order: TunnelOrder, { fd, socket: near }: OwnEnd, { raw, stream: secured }: ProxyStream): Promise<void> {
  return new Promise<void>((resolve) => {
    const breakProxy = (): void => {
      near.unpipe(secured);
      if (!raw.destroyed) raw.resetAndDestroy();
      secured.destroy();
      near.destroy();
    };
    const breakNear = (): void => {
      if (near.destroyed) return;
      near.unpipe(secured).pause();
      makeReset(order.near);
      near.destroy();
    };
    // Before the pipe's own listener. An actor that closes its end while we still send has broken the connection off.
    near.once('end', () => {
      if (!near.writableEnded && isHungUp(fd)) breakProxy();
    });
    near.once('close', () => {
      if (!near.readableEnded || !near.writableFinished) breakProxy();
      if (secured.destroyed) resolve();
    });
    secured.once('close', () => {
      if (!secured.readableEnded || !secured.writableFinished) breakNear();
      if (near.destroyed) resolve();
    });
    near.pipe(secured);
    say(near, { code: 'open' });
    secured.pipe(near);
  });
}
