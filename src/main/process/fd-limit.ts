// How many file descriptors the process may have, how many connections fit into them, and how many fds everything else
// takes. It computes these numbers in advance and does not count open fds.

import { errorName } from '../../linux/error-name.js';
import * as libc from '../../linux/libc.js';
import { mapMemory, unmap } from '../../linux/memory.js';
import { isError } from '../../linux/result.js';
import type { Nameserver } from '../../protocol/options.js';

const RLIMIT_NOFILE = 7;
/**
 * Fds that are asked for at most: shared tables have an entry for each fd, and a hand-off has 24 bits for one. Containers
 * often have a hard limit of a billion.
 */
export const FDS_MAX = 1_048_576;
/** Fds of Node itself, main's engine, standard streams, state files and lists. An idle process has some 40. */
const RESERVED = 55;
/** Fds of a worker: 6 for an event loop, an engine and eventfds, the others while the thread starts. */
const RESERVED_PER_WORKER = 8;
/** TCP connections that the DNS actor may have to one server. */
const STREAMS_PER_SERVER = 8;
/** Servers of a resolv.conf that are used (MAXNS in resolv.conf(5)). */
const SYSTEM_SERVERS = 3;
/** UDP sockets of the DNS actor. Each question has a socket for itself until all are in use. */
const UDP_SOCKETS_MAX = 256;
/** Connections of one worker whose attempts race at the same moment; a race lasts some milliseconds. */
const RACING_PER_WORKER = 32;
/**
 * The largest part of all fds for uses that can do with fewer: without pipes bytes are copied, with fewer race sockets a
 * race has fewer attempts, with fewer UDP sockets questions share them.
 */
const PART = { pipes: 1 / 16, races: 1 / 8, udpSockets: 1 / 16, ways: 1 / 16 } as const;
/**
 * Fds of the ways of one association: as many as are counted on, a socket of each family or a socket and a connection to a proxy,
 * and twice as many where there are enough. Its client's socket has the place of its connection's destination.
 */
const FDS_OF_WAYS = 2;
const FDS_OF_WAYS_USUAL = 4;

/** UDP sockets to one server in `tcproute dns`, which does not compute a share of fds. */
export const UDP_SOCKETS_USUAL = UDP_SOCKETS_MAX;

export type FdLimit =
  | { readonly code: 'known'; readonly fds: number }
  | { readonly code: 'failed'; readonly message: string };

/** Raises the soft limit of open fds as far as the hard limit and FDS_MAX allow, and returns it. */
export function raiseFdLimit(): FdLimit {
  const limits = mapMemory(4096); // struct rlimit: soft, hard; 64 bits each
  try {
    const read = libc.prlimit(0, RLIMIT_NOFILE, 0, limits.address);
    if (isError(read)) return { code: 'failed', message: `cannot read RLIMIT_NOFILE: ${errorName(read)}` };
    const both = new BigUint64Array(limits.bytes.buffer);
    const hard = both[1];
    const fds = hard < BigInt(FDS_MAX) ? Number(hard) : FDS_MAX;
    const soft = Number(both[0]);
    if (soft === fds) return { code: 'known', fds };
    both[0] = BigInt(fds);
    const raised = libc.prlimit(0, RLIMIT_NOFILE, limits.address, 0);
    // In a sandbox that forbids raising it, the soft limit stays.
    return { code: 'known', fds: isError(raised) ? Math.min(soft, fds) : fds };
  } finally {
    unmap(limits);
  }
}

export interface FdDemand {
  readonly fdLimit: number;
  readonly workers: number;
  /** Pipes that one worker may hold. */
  readonly pipesMax: number;
  /** Attempts that one connection may have at a time. */
  readonly attemptsMax: number;
  /** DNS servers, as `countServers` counts them. */
  readonly servers: number;
  readonly listeners: number;
  /** Whether connections may go through tunnels of the TLS actor. */
  readonly tunnels?: boolean;
  /** Associations that there may be at most (see udp.associations_max); absent: none. */
  readonly associations?: number;
}

/**
 * Fds of one attempt, and of the connection that it becomes. With a tunnel: a pair of sockets, whose far end two threads hold
 * at first, and the socket to the proxy.
 */
const PER_ATTEMPT = 1;
const PER_TUNNEL_ATTEMPT = 4;
const perAttempt = ({ tunnels }: Pick<FdDemand, 'tunnels'>): number => (tunnels ? PER_TUNNEL_ATTEMPT : PER_ATTEMPT);
/** The client, and the way to its destination. */
const perConnection = (demand: Pick<FdDemand, 'tunnels'>): number => 1 + perAttempt(demand);

/** As many connections as ever fit, whatever else the process has: what tables are made for that cannot grow. */
export const mostConnections = (fdLimit: number): number => Math.floor(fdLimit / 2);

/** As many associations as ever fit. */
export const mostAssociations = (fdLimit: number): number => Math.floor((fdLimit * PART.ways) / FDS_OF_WAYS);

export interface FdShare {
  readonly connections_max: number;
  /** Pipes of one worker: fewer than configured when fds are scarce. */
  readonly pipes_max: number;
  /** Sockets for racing of one worker, beyond two for each connection. */
  readonly racing_max: number;
  /** UDP sockets to one DNS server. */
  readonly udp_sockets_max: number;
  /** Associations, and the fds of all their ways. */
  readonly associations_max: number;
  readonly way_fds_max: number;
}

/** The number of DNS servers; `system` counts as all servers that a resolv.conf may name. */
export function countServers(nameservers: readonly Nameserver[]): number {
  return nameservers.reduce((count, { kind }) => count + (kind === 'system' ? SYSTEM_SERVERS : 1), 0);
}

/** Shares the fds out: Node, the DNS actor, pipes and races take theirs, and each connection takes its part of the rest. */
export function deriveConnectionsMax(demand: FdDemand): FdShare {
  const { fdLimit, workers, pipesMax, attemptsMax, servers, associations = 0 } = demand;
  const pipes_max = Math.min(pipesMax, Math.floor((fdLimit * PART.pipes) / 2 / workers));
  // Even with one attempt at a time, a connection in its hello race may have a second candidate.
  const beside = Math.max(attemptsMax - 1, 1);
  const racing_max = Math.floor(
    Math.min(beside * RACING_PER_WORKER, (fdLimit * PART.races) / workers / perAttempt(demand)),
  );
  const udpSockets = Math.min(UDP_SOCKETS_MAX, fdLimit * PART.udpSockets);
  const udp_sockets_max = Math.max(1, Math.floor(udpSockets / servers));
  const associations_max = Math.min(associations, mostAssociations(fdLimit));
  const way_fds_max = Math.min(associations_max * FDS_OF_WAYS_USUAL, Math.floor(fdLimit * PART.ways));
  const share = { pipes_max, racing_max, udp_sockets_max, associations_max, way_fds_max };
  const use = fdUse({ ...share, connections_max: 0 }, demand);
  const left = fdLimit - use.races - use.pipes - use.dns - use.ways - use.others;
  const connections_max = Math.max(0, Math.floor(left / perConnection(demand)));
  return { connections_max, ...share };
}

/** The number of fds for each use. */
export function fdUse(share: FdShare, demand: FdDemand) {
  const { workers, servers, listeners } = demand;
  return {
    connections: share.connections_max * perConnection(demand),
    races: share.racing_max * workers * perAttempt(demand),
    pipes: share.pipes_max * 2 * workers,
    ways: share.way_fds_max,
    dns: (share.udp_sockets_max + STREAMS_PER_SERVER) * servers,
    others: RESERVED + listeners + RESERVED_PER_WORKER * workers,
  };
}

/** The smallest RLIMIT_NOFILE into which `connections` fit. */
export function fdsFor(connections: number, demand: Omit<FdDemand, 'fdLimit'>): number {
  let fdLimit = connections * 2;
  while (deriveConnectionsMax({ ...demand, fdLimit }).connections_max < connections) fdLimit += 1;
  return fdLimit;
}

export type ConnectionsMax =
  | { readonly code: 'fits'; readonly share: FdShare; readonly warning: string | undefined }
  | { readonly code: 'failed'; readonly message: string };

/** The example in the message that no connection fits: it tells how many fds this many connections need. */
const EXAMPLE_CONNECTIONS = 1000;

/** Decides `limits.connections_max`: `configured`, but no more than fit into the fds; 0 means as many as fit. */
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

/** Advice about the hard limit, since the soft limit has been raised to it already. */
function howToRaise(fds: number): string {
  return `raise the hard limit (ulimit -Hn ${fds}, LimitNOFILE=${fds} for systemd, --ulimit nofile=${fds} for docker)`;
}
