// How many file descriptors the process may have, and how many connections fit into them. It counts no open ones.
import { errnoName } from '../linux/errno.js';
import * as libc from '../linux/libc.js';
import { mapMemory, unmap } from '../linux/memory.js';

const RLIMIT_NOFILE = 7;
/** More are not asked for: shared tables have an entry for each fd. A hard limit of a billion is common in containers. */
const FDS_MAX = 1_048_576;
/** Node's own, the listener, standard streams, logs, and the sockets of the DNS actor. */
const RESERVED = 128;
/** An event loop, an engine, eventfds. */
const RESERVED_PER_WORKER = 16;
/** Connections of one worker whose attempts race at the same moment; a race lasts some milliseconds. */
const RACING_PER_WORKER = 32;

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
}

export interface FdShare {
  readonly connections_max: number;
  /** Of one worker: fewer than asked for where fds are scarce, since without a pipe bytes are copied. */
  readonly pipes_max: number;
  /** Of one worker: sockets for racing, beyond two for each connection. */
  readonly racing_max: number;
}

/** Two fds a connection, after what Node, the pipes (at most a quarter) and races (at most an eighth) take. */
export function deriveConnectionsMax({ fdLimit, workers, pipesMax, attemptsMax }: FdDemand): FdShare {
  const pipes_max = Math.min(pipesMax, Math.floor(fdLimit / 4 / 2 / workers));
  const pipes = pipes_max * 2 * workers;
  // A connection that is served may have another one asked beside it, also where it makes one attempt at a time.
  const beside = Math.max(attemptsMax - 1, 1);
  const races = Math.min(beside * RACING_PER_WORKER * workers, Math.floor(fdLimit / 8));
  const racing_max = Math.floor(races / workers);
  const reserve = RESERVED + RESERVED_PER_WORKER * workers;
  const connections_max = Math.max(0, Math.floor((fdLimit - reserve - pipes - races) / 2));
  return { connections_max, pipes_max, racing_max };
}

export type ConnectionsMax =
  | { readonly code: 'fits'; readonly share: FdShare; readonly warning: string | undefined }
  | { readonly code: 'failed'; readonly message: string };

/** What `limits.connections_max` comes to; `configured` 0 leaves it to the fds. */
export function settleConnectionsMax(configured: number, demand: FdDemand): ConnectionsMax {
  const share = deriveConnectionsMax(demand);
  const limit = `RLIMIT_NOFILE is ${demand.fdLimit}`;
  if (share.connections_max === 0) {
    return { code: 'failed', message: `no connection fits: ${limit}, and ${demand.workers} workers need more` };
  }
  if (configured === 0) return { code: 'fits', share, warning: undefined };
  const { connections_max } = share;
  if (configured <= connections_max) {
    return { code: 'fits', share: { ...share, connections_max: configured }, warning: undefined };
  }
  const warning = `limits.connections_max is ${configured}, but only ${connections_max} connections fit: ${limit}`;
  return { code: 'fits', share, warning };
}
