// What is to be measured: which loads, on which subjects, how often. Nothing is started here.
import { PEERS } from '../peers/all.js';
import { gatewayBefore } from '../peers/gateway.js';
import type { Peer } from '../peers/peer.js';
import { findStrace } from '../process/strace.js';
import type { Order, Outcome, TargetKind, Way } from '../shared/messages.js';
import { allComparisons, type Comparison, isFor } from './comparison.js';
import { BASE } from './load-names.js';
import type { BenchOptions } from './options.js';
import { firstWarmUp } from './warm-up.js';

export interface Load {
  readonly name: string;
  readonly title: string;
  /** The target's server that its connections end at. */
  readonly kind: TargetKind;
  /** The host that requests name. */
  readonly host: string;
  readonly duration_ms: number;
  /** Duration before the measurement in which caches, pools and compilers settle. */
  readonly warmUp_ms: number;
  /** The number of rounds in which the load takes part. */
  readonly roundsMax: number;
  /** `warmUp`: the outcome of the warm-up; undefined for the warm-up's own order. */
  order(way: Way, duration_ms: number, warmUp: Outcome | undefined): Order;
}

/** A subject with a number of workers; 0 where the number cannot be set. */
export interface Entrant {
  readonly peer: Peer;
  readonly path: string;
  readonly version: string;
  readonly workers: number;
}

export interface BaseExtent {
  readonly starts: number;
  readonly calm_s: number;
  /** From the start of a subject until it is watched at rest. */
  readonly settle_s: number;
}

export interface TracedLoad {
  /** The program's path. */
  readonly strace: string;
  /** Connections at a time. */
  readonly concurrency: number;
  readonly duration_ms: number;
  readonly warmUp_ms: number;
}

export interface Plan {
  readonly loads: readonly Load[];
  readonly comparisons: readonly Comparison[];
  /** The only gateway that is compared with itself; undefined for each of them. */
  readonly comparedOnly: Peer | undefined;
  /** Undefined when it was not asked for. */
  readonly base: BaseExtent | undefined;
  /** Undefined when it was not asked for, or strace is not installed. */
  readonly syscalls: TracedLoad | undefined;
  readonly entrants: readonly Entrant[];
  readonly rounds: number;
  readonly idle: number;
  /** Connections at a time in the connect loads. */
  readonly concurrency: number;
}

const IP = '127.0.0.1';
/** Memory differs little between rounds, and many connections take long to open. */
const IDLE_ROUNDS = 2;
/** A single connection's round trip depends on where the threads happen to run. */
const SINGLE_PING_ROUNDS = 9;
/** Factor of the durations in a quick run. */
const QUICK = 0.05;
/** Connections at a time in the closed loops, and connections a second in the open loops. */
const FEW = [1, 4, 16];
const RATES = [200, 1000, 3000];
/** The rarer the connections, the longer the load, so that a round has some hundred of them. */
const RATE_MS = (rate: number): number => 1500 + 500_000 / rate;
const HALF = 0.5;
/** What a subject does soon after its start is over then. */
const SETTLE_S = 30;
const STARTS = 10;
const QUICK_STARTS = 1;

function allLoads(options: BenchOptions, scale: number): Load[] {
  const { concurrency, direction, name, quick, rounds } = options;
  const times = (duration_ms: number, warmUp_ms: number) => ({
    duration_ms: duration_ms * scale,
    warmUp_ms: warmUp_ms * scale,
    roundsMax: rounds,
  });
  const connect = (host: string, connections: number) => ({
    kind: 'echo' as const,
    host,
    order: (way: Way, duration_ms: number): Order => ({ kind: 'connect', way, connections, duration_ms }),
  });
  const ping = (connections: number): Load => ({
    name: `ping-${connections}`,
    title: `ping: 64 B to and fro on ${connections === 1 ? 'one connection' : `${connections} connections`}`,
    kind: 'echo',
    host: IP,
    ...times(connections === 1 ? 600 : 800, 150),
    order: (way, duration_ms) => ({ kind: 'ping', way, connections, duration_ms }),
    ...(connections === 1 && !quick ? { roundsMax: Math.max(rounds, SINGLE_PING_ROUNDS) } : {}),
  });
  const bulk = (connections: number): Load => ({
    name: `bulk-${connections}`,
    title: `bulk: ${direction} on ${connections} streams; HAProxy has the gateway's pipes (1 MiB) and number of threads`,
    kind: direction === 'download' ? 'source' : 'sink',
    host: IP,
    ...times(800, 150),
    order: (way, duration_ms) => ({ kind: 'bulk', way, connections, duration_ms, direction }),
  });
  const closed = (connections: number): Load => ({
    name: `closed-${connections}`,
    title: `closed loop: open, handshake, echo 64 B, close; ${connections} at a time`,
    ...times(1000, 500),
    ...connect(IP, connections),
  });
  // Warmed up by a closed loop: at a low rate compilers would take minutes.
  const open = (name: string, title: string, duration_ms: number, rateOf: (warmUp: Outcome) => number): Load => ({
    name: `open-${name}`,
    title: `open loop: ${title} at random times; latency from the time at which a connection was due`,
    kind: 'echo',
    host: IP,
    ...times(duration_ms, 1000),
    order: (way, duration_ms, warmUp): Order =>
      warmUp === undefined
        ? { kind: 'connect', way, connections: concurrency, duration_ms }
        : { kind: 'open', way, rate: rateOf(warmUp), duration_ms },
  });
  const visit = `open, handshake, echo 64 B, close; ${concurrency} at a time`;
  return [
    { name: 'connect-ip', title: `connect: ${visit}`, ...times(1500, 1000), ...connect(IP, concurrency) },
    { name: 'connect-name', title: `connect to a name: ${visit}`, ...times(1000, 500), ...connect(name, concurrency) },
    ...FEW.map(closed),
    ...RATES.map((rate) => open(`${rate}`, `${rate} connections a second`, RATE_MS(rate), () => rate)),
    open('half', 'half of the connections that the subject can carry', 2000, rateOfHalf),
    ping(64),
    ping(1),
    bulk(4),
    bulk(64),
    // Held, not timed. The warm-up is a connect load of the usual length, so that compiled code counts for no idle connection.
    {
      name: 'idle',
      title: `idle: ${options.idle} open connections`,
      ...times(0, 1000),
      ...connect(IP, concurrency),
      roundsMax: Math.min(IDLE_ROUNDS, rounds),
    },
  ];
}

/** Connections a second: a share of what the closed loop has reached. */
const rateOfHalf = ({ verified, elapsed_ms }: Outcome): number => Math.max(1, (HALF * verified * 1000) / elapsed_ms);

/** These loads, the first with the warm-up of a fresh start. The idle load has a start of its own, and compares no times. */
function warmed(loads: readonly Load[], warmUp_ms: number): Load[] {
  const first = loads.find(({ name }) => name !== 'idle');
  return loads.map((load) => (load === first ? { ...load, warmUp_ms } : load));
}

const isWanted = (name: string, wanted: readonly string[] | undefined): boolean =>
  wanted === undefined || wanted.some((part) => name === part || name.startsWith(`${part}-`));

function checkNames(flag: string, wanted: readonly string[] | undefined, names: readonly string[]): void {
  for (const part of wanted ?? []) {
    if (names.some((name) => isWanted(name, [part]))) continue;
    throw new Error(`--${flag} ${part}: there are ${names.join(', ')}`);
  }
}

/** Throws an Error with a sentence for the user when a wanted name is unknown. */
export function makePlan(options: BenchOptions): Plan {
  const { quick, calm_s, concurrency } = options;
  const scale = (quick ? QUICK : 1) * options.lengthen;
  const loads = allLoads(options, scale);
  const comparisons = allComparisons(options, (quick ? QUICK / 2 : 1) * options.lengthen);
  checkNames('loads', options.loads, [...[...loads, ...comparisons].map(({ name }) => name), BASE]);
  checkNames(
    'subjects',
    options.subjects,
    PEERS.map(({ name }) => name),
  );
  const wantedPeers = PEERS.filter(({ name }) => isWanted(name, options.subjects));
  const before = options.before === undefined ? [] : gatewayBefore(options.before);
  // Each engine of the other checkout runs right before the same engine of this one, so that a pair is close in time.
  const peers = wantedPeers.flatMap((peer) => [...before.filter(({ pair }) => pair === peer.name), peer]);
  const entrants = peers.flatMap((peer): Entrant[] => {
    const found = peer.find();
    if (found === undefined) return [];
    return peer.scales
      ? options.workers.map((workers) => ({ peer, ...found, workers }))
      : [{ peer, ...found, workers: 0 }];
  });
  const strace = options.syscalls ? findStrace() : undefined;
  const wanted = warmed(
    loads.filter(({ name }) => isWanted(name, options.loads)),
    firstWarmUp(options),
  );
  const traced = { concurrency, duration_ms: 1000 * scale, warmUp_ms: 500 * scale };
  return {
    loads: wanted,
    comparisons: comparisons.filter(({ name }) => isWanted(name, options.loads)),
    // A comparison starts its subject twice, which is most of the time of a quick run.
    comparedOnly: quick ? entrants.find(({ peer }) => peer.adapts)?.peer : undefined,
    base: isWanted(BASE, options.loads)
      ? { starts: quick ? QUICK_STARTS : STARTS, calm_s, settle_s: quick ? 0 : SETTLE_S }
      : undefined,
    syscalls: strace === undefined ? undefined : { strace, ...traced },
    entrants,
    rounds: Math.max(options.rounds, ...wanted.map(({ roundsMax }) => roundsMax)),
    idle: options.idle,
    concurrency,
  };
}

/** The loads of that subject in that round (the first is 1). A bare forward has no connect-name: it cannot be given a name. */
export function loadsOf({ peer }: Entrant, { loads }: Plan, round: number): Load[] {
  const some = loads.filter((load) => {
    if (round > load.roundsMax) return false;
    if (peer.onlyLoads !== undefined) return peer.onlyLoads.includes(load.name);
    return !(peer.bare && load.name === 'connect-name');
  });
  const { timeShare = 1 } = peer;
  return some.map(({ duration_ms, warmUp_ms, ...load }) => ({
    ...load,
    duration_ms: duration_ms * timeShare,
    warmUp_ms: warmUp_ms * timeShare,
  }));
}

export function comparisonsOf({ peer }: Entrant, { comparisons, comparedOnly }: Plan, round: number): Comparison[] {
  if (comparedOnly !== undefined && peer !== comparedOnly) return [];
  return comparisons.filter((comparison) => round <= comparison.roundsMax && isFor(peer, comparison));
}
