// The connection actor's side of the TLS actor: makes pairs of sockets, orders tunnels behind them, and says of each end of
// stream whether it is one. What came of an order is read by its attempt, from the near end. It waits for nothing.
import type { MessagePort } from 'node:worker_threads';
import { closeOwned, type Ownership } from '../../../linux/ownership.js';
import { isSame, isUnfinished, markFinished, type SentFd, sentFd, socketPair } from '../../../linux/pairs.js';
import type { KeepAlive } from '../../../protocol/quiet/quiet.js';
import { type Failure, failureOf } from '../../../protocol/race/failure.js';
import type { TunnelOrder, TunnelProbing } from '../../../threads/contracts/tls.js';

/** `near` is the caller's, who gives `far` to `opened`, or to `letGo` when the order has failed or is given up. */
export type Ordered = { readonly code: 'ordered'; readonly near: number; readonly far: SentFd } | Failure;

const NO_ACTOR = failureOf('internal', 'the thread for TLS is being started');
const NO_PAIR = failureOf('out-of-resources', 'no pair of sockets');

export class Tunnels {
  readonly #ownership: Ownership;
  #port: MessagePort | undefined;
  /** Far ends of orders whose outcome is not known. Bounded by the attempts. */
  readonly #far = new Set<number>();
  /**
   * The TLS actor's ends of open tunnels, by ours. Those of tunnels that were reset stay until the number is used again: they
   * are told from others by their inodes. Bounded by the numbers of fds.
   */
  readonly #theirs = new Map<number, SentFd>();
  /** Its TCP sockets to the proxies, likewise. */
  readonly #tcp = new Map<number, SentFd>();

  constructor(ownership: Ownership) {
    this.#ownership = ownership;
  }

  /** A port to a TLS actor that was started or restarted. */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    // Its orders fail: their near ends hear an end of stream.
    port.once('close', () => {
      if (this.#port !== port) return;
      this.#port = undefined;
      for (const far of [...this.#far]) this.#close(far);
    });
    port.unref();
  }

  order(line: number, ip: Uint8Array): Ordered {
    if (this.#port === undefined) return NO_ACTOR;
    const pair = socketPair();
    if (typeof pair === 'number') return NO_PAIR;
    const [near, far] = pair.map(sentFd) as [SentFd, SentFd];
    this.#ownership.opened(far.fd);
    this.#far.add(far.fd);
    this.#theirs.delete(near.fd);
    this.#tcp.delete(near.fd);
    const order: TunnelOrder = { line, ip, near, far };
    this.#port.postMessage(order);
    return { code: 'ordered', near: near.fd, far };
  }

  /** The tunnel is open; `theirs` is the TLS actor's fd of the far end, of which ours is closed, `tcp` that of its connection. */
  opened(near: number, { fd, inode }: SentFd, theirs: number, tcp: SentFd): void {
    this.#close(fd);
    this.#theirs.set(near, { fd: theirs, inode });
    this.#tcp.set(near, tcp);
  }

  /** The TLS actor's TCP socket behind our end of a tunnel, to be asked and not to be changed; undefined where it has gone. */
  tcpOf(near: number): number | undefined {
    const tcp = this.#tcp.get(near);
    return tcp !== undefined && isSame(tcp) ? tcp.fd : undefined;
  }

  /** Has the proxy of a tunnel probed. Does nothing for other sockets. */
  setKeepAlive(near: number, keepalive: KeepAlive): void {
    const tcp = this.#tcp.get(near);
    if (tcp !== undefined && isSame(tcp)) this.#port?.postMessage({ tcp, keepalive } satisfies TunnelProbing);
  }

  /** Closes the far end of a tunnel that did not open. Does nothing for one that is closed already. */
  letGo({ fd }: SentFd): void {
    this.#close(fd);
  }

  #close(far: number): void {
    if (this.#far.delete(far)) closeOwned(far, this.#ownership);
  }

  /** All bytes for a tunnel have been sent: the end of stream that follows is one. Does nothing for other sockets. */
  finish(near: number): void {
    const theirs = this.#theirs.get(near);
    if (theirs === undefined) return;
    this.#theirs.delete(near);
    markFinished(theirs);
  }

  /** Of a socket that has heard an end of stream: whether it is a tunnel's, and the TLS actor broke the connection off. */
  isBroken(near: number): boolean {
    return isUnfinished(near);
  }

  close(): void {
    for (const far of [...this.#far]) this.#close(far);
    this.#port?.close();
  }
}
