// One tunnel: a connection by TLS to a proxy, and our end of a pair of sockets whose other end a connection actor has. It
// says first what came of the connection, and then passes bytes both ways, with their ends and their resets. Neither side is
// read while the other one has no room. Node does not tell an end of TCP from an end of TLS: both are an end of stream here.
import { Socket } from 'node:net';
import { openProxy, type ProxyStream } from '../../dial/proxy.js';
import { isOfCertificate, type ProxyAuthorities } from '../../dial/proxy-tls.js';
import { resetSocket } from '../../dial/reset.js';
import { duplicate, isHungUp, isUnfinished, markFinished, type SentFd, sentFd } from '../../linux/pairs.js';
import { isError } from '../../linux/result.js';
import { pendingError, setKeepAlive } from '../../linux/sockets.js';
import { formatIp } from '../../protocol/address/address.js';
import type { Line } from '../../protocol/lines/line.js';
import { encodeOutcome, type TunnelOutcome } from '../../protocol/outbound/tunnel.js';
import type { FailureCode } from '../../protocol/race/failure.js';
import type { TunnelOrder, TunnelProbing } from '../../threads/contracts/tls.js';

export interface TunnelParts {
  readonly authorities: ProxyAuthorities;
  /** Open connections to proxies, by the inodes of their sockets. */
  readonly open: Map<number, Socket>;
  /** TCP_USER_TIMEOUT; 0 leaves it to the kernel. */
  readonly userTimeout_ms: number;
  /** Called now and then, about once a second: what no event tells of is looked for. */
  readonly looks: Set<() => void>;
}

/** How long the last bytes may wait for a proxy that takes none, once the connection actor has closed its end. */
const LAST_MS = 60_000;
const NOTHING = new Uint8Array(0);
const NO_FD: SentFd = { fd: -1, inode: 0 };

/** What Node says of a source or of fds that cannot be had. Anything else is on the way to the proxy. */
const CAUSES: Readonly<Record<string, FailureCode>> = {
  ENODEV: 'interface-unavailable',
  ENETDOWN: 'link-down',
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
      const { inode } = tcpOf(opened.raw);
      parts.open.set(inode, opened.raw);
      await carry(order, end, opened, parts.looks);
      parts.open.delete(inode);
    }
  } catch (error) {
    say(near, failureOf(error));
    near.destroySoon();
  }
}

/** Has the proxy of a tunnel probed. Does nothing for one that has ended. */
export function probe({ tcp, keepalive }: TunnelProbing, { open }: Pick<TunnelParts, 'open'>): void {
  const raw = open.get(tcp.inode);
  const fd = raw && fdOf(raw);
  if (fd !== undefined && fd >= 0) setKeepAlive(fd, keepalive);
}

/** Says that no tunnel is made. */
export function refuse(order: TunnelOrder, cause: FailureCode, detail: string): void {
  const near = ownEnd(order)?.socket;
  if (near === undefined) return;
  say(near, { code: 'failed', cause, detail });
  near.destroySoon();
}

function open(order: TunnelOrder, line: Line, parts: TunnelParts, signal: AbortSignal): Promise<ProxyStream> {
  const { authorities, userTimeout_ms } = parts;
  const { port, tls } = line.hops[0];
  const wanted = { host: formatIp(order.ip), port, source: line.source, userTimeout_ms, allowHalfOpen: true };
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

/** Undefined once the socket is closed. */
const fdOf = ({ _handle }: Socket & { readonly _handle?: { readonly fd?: number } | null }): number | undefined =>
  _handle?.fd;

/** For a look at the connection, by number: it stays ours. */
function tcpOf(raw: Socket): SentFd {
  const fd = fdOf(raw) ?? -1;
  return fd < 0 ? NO_FD : sentFd(fd);
}

/** Of a socket that has ended: libuv takes a reset that comes right behind bytes for an end, and leaves its error unread. */
function isReset(raw: Socket): boolean {
  const fd = fdOf(raw);
  return fd !== undefined && fd >= 0 && isError(pendingError(fd));
}

/** Passes bytes both ways until both directions have ended, or one side is broken. */
function carry(order: TunnelOrder, end: OwnEnd, proxy: ProxyStream, looks: TunnelParts['looks']): Promise<void> {
  const { fd, socket: near } = end;
  const { raw, stream: secured } = proxy;
  return new Promise<void>((resolve) => {
    const breakProxy = (): void => {
      near.unpipe(secured);
      resetSocket(raw, secured);
      secured.destroy();
      near.destroy();
    };
    /** Nobody waits for it any more. */
    const hurry = (): void => {
      if (secured.timeout !== LAST_MS) secured.setTimeout(LAST_MS, breakProxy);
    };
    /** Node hears of a close only from a socket that it reads, or writes to. */
    const look = (): void => {
      if (near.destroyed || !isHungUp(fd)) return;
      if (near.readableEnded) near.destroy();
      else if (isUnfinished(fd)) breakProxy();
      else hurry();
    };
    looks.add(look);
    // Before the pipe's own listener.
    near.once('end', () => {
      if (isUnfinished(fd)) breakProxy();
    });
    near.once('close', () => {
      looks.delete(look);
      if (!near.readableEnded || !near.writableFinished) breakProxy();
      if (secured.destroyed) resolve();
      else hurry();
    });
    // Behind the last byte.
    secured.once('end', () => {
      if (isReset(raw)) {
        breakProxy();
        return;
      }
      near.write(NOTHING, (error) => {
        if (error) return;
        markFinished(order.near);
        near.end();
      });
    });
    secured.once('close', () => {
      if (!secured.readableEnded || !secured.writableFinished) near.destroy();
      if (near.destroyed) resolve();
    });
    near.pipe(secured);
    say(near, { code: 'open', fd, tcp: tcpOf(raw) });
    secured.pipe(near, { end: false });
  });
}
