// How many file descriptors the process may have, how many connections fit into them, and what takes the rest. It counts
// no open ones.
import { errnoName } from '../../linux/errno.js';
import * as libc from '../../linux/libc.js';
import { mapMemory, unmap } from '../../linux/memory.js';
import type { Nameserver } from '../../protocol/options.js';

const RLIMIT_NOFILE = 7;
/** More are not asked for: shared tables have an entry for each fd, and a hand-off has 24 bits for it. A hard limit of a billion is common in containers. */
export const FDS_MAX = 1_048_576;
/** Node's own, main's engine, the listener, standard streams, files of state and lists. At rest there are some 40. */
const RESERVED = 56;
/** An event loop, an engine, eventfds: 6, and what a thread opens while it starts. */
const RESERVED_PER_WORKER = 8;
/** TCP connections that the DNS actor may have to one server. */
const STREAMS_PER_SERVER = 8;
/** Servers of resolv.conf that count (resolv.conf(5), MAXNS). */
const SYSTEM_SERVERS = 3;
/** UDP sockets of the DNS actor: each question has one of its own while there are enough. */
const UDP_SOCKETS_MAX = 256;
/** Connections of one worker whose attempts race at the same moment; a race lasts some milliseconds. */
const RACING_PER_WORKER = 32;
/** Of all descriptors, what goes at most to what does with fewer: bytes are copied, a race has fewer attempts, questions share sockets. */
const PART = { pipes: 1 / 16, races: 1 / 8, udpSockets: 1 / 16 } as const;

/** UDP sockets to one server where no descriptors are counted: `tcproute dns`. */
export const UDP_SOCKETS_USUAL = UDP_SOCKETS_MAX;

export type FdLimit =
  | { readonly code: 'known'; readonly fds: number }
  | { readonly code: 'failed'; readonly message: string };

/** Raises the soft limit of open fds as far as the hard one (and FDS_MAX) allows, and says what it is then. */
export function raiseFdLimit(): FdLimit {
  const limits = mapMemory(4096); // struct rlimit: soft, hard; 64 bits each
  try {
    const read = libc.prlimit(0, RLIMIT_NOFILE, 0, limits.address);
    if (read < 0) return { code: 'failed', message: `cannot read RLIMIT_NOFILE: ${errnoName(read)}` };
    const both = new BigUint64Array(limits.bytes.buffer);
    const hard = both[1];
    const fds = hard < BigInt(FDS_MAX) ? Number(hard) : FDS_MAX;
    const soft = Number(both[0]);
    if (soft === fds) return { code: 'known', fds };
    both[0] = BigInt(fds);
    const raised = libc.prlimit(0, RLIMIT_NOFILE, limits.address, 0);
    // Where a sandbox forbids it, the soft limit stays what it was.
    return { code: 'known', fds: raised < 0 ? Math.min(soft, fds) : fds };
  } finally {
    unmap(limits);
  }
}

export interface FdDemand {
  readonly fdLimit: number;
  readonly workers: number;
  /** Pipes that one worker may hold. */
  readonly pipesMax: number;
  /** Attempts that one connection may have under way. */
  readonly attemptsMax: number;
  /** DNS servers, as `countServers` counts them. */
  readonly servers: number;
}

export interface FdShare {
  readonly connections_max: number;
  /** Of one worker: fewer than asked for where fds are scarce, since without a pipe bytes are copied. */
  readonly pipes_max: number;
  /** Of one worker: sockets for racing, beyond two for each connection. */
  readonly racing_max: number;
  /** To one DNS server. */
  readonly udp_sockets_max: number;
}

/** `system` is as many as a resolv.conf may name. */
export function countServers(nameservers: readonly Nameserver[]): number {
  return nameservers.reduce((count, { kind }) => count + (kind === 'system' ? SYSTEM_SERVERS : 1), 0);
}

/** Two fds a connection, after what Node, the DNS actor, pipes and races take. */
export function deriveConnectionsMax(demand: FdDemand): FdShare {
  const { fdLimit, workers, pipesMax, attemptsMax, servers } = demand;
  const pipes_max = Math.min(pipesMax, Math.floor((fdLimit * PART.pipes) / 2 / workers));
  // A connection that is served may have another one asked beside it, also where it makes one attempt at a time.
  const beside = Math.max(attemptsMax - 1, 1);
  const racing_max = Math.floor(Math.min(beside * RACING_PER_WORKER, (fdLimit * PART.races) / workers));
  const udpSockets = Math.min(UDP_SOCKETS_MAX, fdLimit * PART.udpSockets);
  const udp_sockets_max = Math.max(1, Math.floor(udpSockets / servers));
  const share = { pipes_max, racing_max, udp_sockets_max };
  const use = fdUse({ ...share, connections_max: 0 }, demand);
  const connections_max = Math.max(0, Math.floor((fdLimit - use.races - use.pipes - use.dns - use.others) / 2));
  return { connections_max, ...share };
}

/** What the descriptors are for, in descriptors. */
export function fdUse(share: FdShare, { workers, servers }: FdDemand) {
  return {
    connections: share.connections_max * 2,
    races: share.racing_max * workers,
    pipes: share.pipes_max * 2 * workers,
    dns: (share.udp_sockets_max + STREAMS_PER_SERVER) * servers,
    others: RESERVED + RESERVED_PER_WORKER * workers,
  };
}

/** The least RLIMIT_NOFILE into which so many connections fit. */
export function fdsFor(connections: number, demand: Omit<FdDemand, 'fdLimit'>): number {
  let fdLimit = connections * 2;
  while (deriveConnectionsMax({ ...demand, fdLimit }).connections_max < connections) fdLimit += 1;
  return fdLimit;
}

export type ConnectionsMax =
  | { readonly code: 'fits'; readonly share: FdShare; readonly warning: string | undefined }
  | { readonly code: 'failed'; readonly message: string };

/** Whoever is told that descriptors are missing is told how many are needed for so many connections. */
const EXAMPLE_CONNECTIONS = 1000;

/** What `limits.connections_max` comes to; `configured` 0 leaves it to the fds. */
export function settleConnectionsMax(configured: number, demand: FdDemand): ConnectionsMax {
  const share = deriveConnectionsMax(demand);
  const limit = `RLIMIT_NOFILE is ${demand.fdLimit}`;
  if (share.connections_max === 0) {
    const wanted = configured === 0 ? EXAMPLE_CONNECTIONS : configured;
    const enough = fdsFor(wanted, demand);
    const needs = `${demand.workers} workers need ${fdsFor(1, demand)} for one connection and ${enough} for ${wanted}`;
    return { code: 'failed', message: `no connection fits: ${limit}, and ${needs}; ${howToRaise(enough)}` };
  }
  if (configured === 0) return { code: 'fits', share, warning: undefined };
  const { connections_max } = share;
  if (configured <= connections_max) {
    return { code: 'fits', share: { ...share, connections_max: configured }, warning: undefined };
  }
  const fit = `limits.connections_max is ${configured}, but only ${connections_max} connections fit`;
  const enough = fdsFor(configured, demand);
  return { code: 'fits', share, warning: `${fit}: ${limit}, and ${enough} are needed; ${howToRaise(enough)}` };
}

/** The soft limit has been raised already: what is missing is the hard one. */
function howToRaise(fds: number): string {
  return `raise the hard limit (ulimit -Hn ${fds}, LimitNOFILE=${fds} for systemd, --ulimit nofile=${fds} for docker)`;
}
