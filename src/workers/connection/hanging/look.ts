// One look at the sessions over some lines, in pieces, so that others have their turns in between: which of them hang, which can
// never go on, and which lines show that they live. It ends no session, and decides nothing of a line.
import { localEndpoint, peerEndpoint } from '../../../linux/sockets.js';
import { hasLostDevice, tcpInfo } from '../../../linux/tcp-info.js';
import { isNear, networkNumber } from '../../../protocol/address/network-number.js';
import { WHOLE_LINE } from '../../../protocol/lines/health/doubt.js';
import { awaitsPeer, hangs, PATIENCE_MS } from '../../../protocol/lines/health/session-silence.js';
import type { Carrier } from '../relay/carrier.js';

/** Records, and sockets, that are looked at in one turn. Both take less than a millisecond. */
const RECORDS = 4096;
const SOCKETS = 128;
/** What the kernel tells of a socket. */
export interface Kernel {
  readonly tcpInfo: typeof tcpInfo;
  readonly hasLostDevice: typeof hasLostDevice;
  readonly localEndpoint: typeof localEndpoint;
  readonly peerEndpoint: typeof peerEndpoint;
}

export const KERNEL: Kernel = { tcpInfo, hasLostDevice, localEndpoint, peerEndpoint };

/** A line to be looked at. */
export interface Suspect {
  readonly isDirect: boolean;
  readonly isLinkDown: boolean;
}

/** What a look has seen of a session. */
interface Seen {
  readonly at: number;
  readonly acked: number;
  readonly received: number;
  /** Since when it has awaited its peer, which has been silent; undefined if it does not. */
  readonly awaiting: number | undefined;
}

export interface Session {
  readonly carrier: Carrier;
  readonly line: number;
  /** The network of its peer, or WHOLE_LINE. */
  readonly network: number;
  /** It can never go on: its interface or its address is gone. */
  readonly isGone: boolean;
}

export interface LookParts {
  readonly kernel: Kernel;
  readonly engine: { readonly now: number };
  readonly records: {
    /** Numbers of connections are below this. */
    readonly end: number;
    lineOf(connection: number): number | undefined;
    /** What a live connection tells, that of a relay among it; undefined for one that has ended. */
    underway(connection: number): Partial<Carrier> | undefined;
  };
  /** The TCP socket behind a socket that is none; undefined if it is not known. */
  readonly tunnels: { tcpOf(fd: number): number | undefined };
  /** Since when an address has been gone from the machine; undefined for one that is there. */
  readonly goneSince: (ip: Uint8Array, now: number) => number | undefined;
}

export class Look {
  readonly hanging: Session[] = [];
  /** Lines over which something has come: when, and whether from near by only. */
  readonly alive = new Map<number, { readonly at: number; readonly near: boolean }>();
  readonly seen = new Map<Carrier, Seen>();
  readonly #parts: LookParts;
  readonly #suspects: ReadonlyMap<number, Suspect>;
  readonly #before: ReadonlyMap<Carrier, Seen>;
  #next = 0;

  /** `before`: what the last look has seen. */
  constructor(parts: LookParts, suspects: ReadonlyMap<number, Suspect>, before: ReadonlyMap<Carrier, Seen>) {
    this.#parts = parts;
    this.#suspects = suspects;
    this.#before = before;
  }

  /** Looks at some more sessions. Returns whether that was all. */
  goOn(): boolean {
    const { records } = this.#parts;
    const end = Math.min(records.end, this.#next + RECORDS);
    for (let sockets = 0; this.#next < end && sockets < SOCKETS; this.#next += 1) {
      const line = records.lineOf(this.#next);
      const suspect = line === undefined ? undefined : this.#suspects.get(line);
      const underway = suspect && records.underway(this.#next);
      if (underway === undefined || !isCarrier(underway)) continue;
      this.#look(underway, line as number, suspect as Suspect);
      sockets += 1;
    }
    return this.#next >= records.end;
  }

  /** Whether a session still hangs, or is gone. Asked once more before it is ended. */
  stillHangs({ carrier, line }: Session, suspect: Suspect): boolean {
    const { length } = this.hanging;
    this.#look(carrier, line, suspect);
    const isSo = this.hanging.length > length;
    this.hanging.length = length;
    return isSo;
  }

  #look(carrier: Carrier, line: number, suspect: Suspect): void {
    const { engine, tunnels, kernel } = this.#parts;
    const { now } = engine;
    const own = carrier.destination?.fd;
    if (own === undefined) return;
    const direct = kernel.tcpInfo(own);
    const fd = direct === undefined ? tunnels.tcpOf(own) : own;
    const news = direct ?? (fd === undefined ? undefined : kernel.tcpInfo(fd));
    if (fd === undefined || news === undefined) return;
    const { acked, received } = news;
    const before = this.#before.get(carrier);
    // What a peer sends again shows only that this machine hears it.
    if (before !== undefined && (acked > before.acked || received > before.received))
      this.#lives(line, before.at, fd, suspect);
    const awaiting = awaitsPeer(news) ? this.#awaiting(before, now, now - news.heard_ms) : undefined;
    this.seen.set(carrier, { at: now, acked, received, awaiting });
    if (this.#isGone(fd, now)) this.hanging.push({ carrier, line, network: WHOLE_LINE, isGone: true });
    else if (awaiting !== undefined && before !== undefined && hangs(news, now - awaiting, suspect.isLinkDown)) {
      const network = suspect.isDirect ? this.#networkOf(fd) : WHOLE_LINE;
      this.hanging.push({ carrier, line, network, isGone: false });
    }
  }

  #awaiting(before: Seen | undefined, now: number, heardAt: number): number {
    return before?.awaiting === undefined || heardAt > before.awaiting ? now : before.awaiting;
  }

  #lives(line: number, at: number, fd: number, { isDirect }: Suspect): void {
    const known = this.alive.get(line);
    if (known !== undefined && !known.near && known.at >= at) return;
    const peer = isDirect ? this.#parts.kernel.peerEndpoint(fd) : undefined;
    const near = typeof peer === 'object' && isNear(peer.ip);
    if (known === undefined || (near === known.near ? at > known.at : !near)) this.alive.set(line, { at, near });
  }

  #isGone(fd: number, now: number): boolean {
    const { kernel, goneSince } = this.#parts;
    if (kernel.hasLostDevice(fd)) return true;
    const local = kernel.localEndpoint(fd);
    if (typeof local === 'number') return false;
    const since = goneSince(local.ip, now);
    return since !== undefined && now - since >= PATIENCE_MS;
  }

  #networkOf(fd: number): number {
    const peer = this.#parts.kernel.peerEndpoint(fd);
    return typeof peer === 'number' ? WHOLE_LINE : networkNumber(peer.ip);
  }
}

const isCarrier = (underway: Partial<Carrier>): underway is Carrier => underway.cut !== undefined;
