// What two processes of the gateway say to each other during an upgrade and afterwards, by Node's own channel between a process
// and its child. The fds of an estate go before its message, by another channel (linux/pass-fds.ts). Types, and one number.
import type { Estate } from './estate.js';

/** To be raised with every change of what is said here: the two processes are of different versions. */
export const PROTOCOL = 1;

/** The fd of the channel for fds, in the environment of the next process. */
export const CHANNEL_VARIABLE = 'TCPROUTE_UPGRADE_FD';

/** From the next process. */
export type FromSuccessor =
  /** The first: its configuration is right, and it asks for the estate. */
  | { readonly kind: 'hello'; readonly protocol: number; readonly version: string }
  /** Why it will not serve. It ends then. */
  | { readonly kind: 'failed'; readonly problems: readonly string[] }
  /** It accepts clients. */
  | { readonly kind: 'serving' }
  /** It stops, and so must the earlier process, within its `drain_timeout_ms`. */
  | { readonly kind: 'stop' }
  /** Files of the log are to be opened again. */
  | { readonly kind: 'reopen' }
  /** So many processes have been taken over from since that of the receiver. */
  | { readonly kind: 'age'; readonly processes: number };

/** From the earlier process. */
export type FromPredecessor =
  /** `fds`: the fds of the estate by the sender's numbers, in the order in which they were sent. */
  | { readonly kind: 'estate'; readonly estate: Estate; readonly fds: readonly number[] }
  /** It accepts no more clients, and writes no state file. */
  | { readonly kind: 'yours' };
