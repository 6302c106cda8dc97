// What a scrape reads, as plain values: gather.ts reads them from shared memory and asks the DNS actor and the route actor; the
// families (../families/) make metrics of them. What was asked for is undefined where no answer came in time. Types only.
import type { ShareSeen } from '../../../../threads/contracts/admin/share.js';
import type { NamesStatistics } from '../../../../threads/contracts/dns.js';
import type { ActorKind, ListenerArrivals } from '../../../../threads/shared/gateway-counts.js';
import type { Carried } from '../../../../threads/shared/line-bytes.js';
import type { Stats } from '../../../../threads/shared/stats.js';
import type { UdpTotals } from '../../../../threads/shared/udp-counts.js';
import type { LineHealthWord } from '../../shared/line-health.js';
import type { LineUdpWord } from '../../shared/line-udp.js';
import type { TraceCounts } from '../../shared/trace-counts.js';
import type { TimesReading } from '../exposition/family.js';

/** Everything since the start, but for what has a present size or state. */
export interface Readings {
  /** Undefined until main has told it. */
  readonly version: string | undefined;
  /** The sums of all connection actors. */
  readonly counters: Stats;
  readonly gateway: GatewayReading;
  readonly connections_max: number;
  /** Also those that are gone: connections of them may go on, and what was counted does not go back. So are `lines`. */
  readonly listeners: readonly ListenerReading[];
  readonly handshakes: readonly HandshakeReading[];
  /** Replies of failure by cause. */
  readonly failures: ReadonlyMap<string, number>;
  /** What was done with datagrams. */
  readonly udp: UdpTotals;
  readonly lines: readonly LineReading[];
  readonly actors: readonly ActorReading[];
  readonly traces: TraceCounts;
  readonly names: NamesStatistics | undefined;
  readonly routes: RoutesReading | undefined;
  /** Undefined where nothing is shared. */
  readonly share: ShareReading | undefined;
}

/** What main counts of the gateway as a whole. */
export interface GatewayReading {
  readonly reloads: number;
  readonly reloadsRefused: number;
  readonly upgrades: number;
  readonly upgradesRefused: number;
  /** Lines that main could not write. */
  readonly logsDropped: number;
  readonly accessDropped: number;
  readonly deaths: ReadonlyMap<ActorKind, number>;
  readonly turnTimes: TimesReading;
  /** Of actors that count no turns. */
  readonly lateness: ReadonlyMap<ActorKind, TimesReading>;
}

export interface ListenerReading {
  readonly name: string;
  readonly arrivals: ListenerArrivals;
  readonly opened: number;
  /** By how they ended. */
  readonly ended: Readonly<Record<string, number>>;
}

export interface HandshakeReading {
  readonly spoken: string;
  readonly how: string;
  readonly count: number;
}

export interface LineReading {
  readonly name: string;
  /** Undefined for one that is gone. */
  readonly info: { readonly kind: string; readonly tier: number } | undefined;
  readonly carried: Carried;
  readonly counts: LineCountsReading;
  /** What it makes of datagrams; undefined for one that is gone. */
  readonly udp: LineUdpWord | undefined;
}

export interface LineCountsReading {
  readonly attempts: number;
  readonly connected: number;
  readonly failures: number;
  readonly wins: number;
  readonly rescues: number;
  readonly unanswered: number;
  readonly connect: TimesReading;
  readonly firstByte: TimesReading;
}

/** Of one connection actor. */
export interface ActorReading {
  readonly actor: number;
  readonly turns: number;
  /** Clients that wait in its queue. */
  readonly queued: number;
  readonly turnTimes: TimesReading;
}

/** What the route actor knows. */
export interface RoutesReading {
  readonly destinations: number;
  readonly destinations_max: number;
  readonly lines: readonly LineStateReading[];
}

export interface LineStateReading {
  readonly name: string;
  readonly state: LineHealthWord;
  readonly answersEarly: boolean;
  /** By an operator. */
  readonly isPaused: boolean;
}

/** `seen`: undefined where the share actor has not told. */
export interface ShareReading {
  readonly seen: ShareSeen | undefined;
}
