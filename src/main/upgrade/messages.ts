// What two processes of the gateway say to each other during an upgrade and afterwards, by Node's own channel between a process
// and its child. The fds of an estate go before its message, by another channel (linux/pass-fds.ts). Types, and one number.
import type { LineUse, UserUse } from '../../protocol/budget/usage.js';
import type { ListenPlace } from '../../protocol/listen-options.js';
import type { Reloaded } from '../reload/reloading.js';
import type { Estate } from './estate.js';

/** To be raised with every change here that a process of another version would take in a wrong way; what it does not know it drops. */
export const PROTOCOL = 1;

/** The fd of the channel for fds, in the environment of the next process. */
export const CHANNEL_VARIABLE = 'TCPROUTE_UPGRADE_FD';

/** From the next process. */
export type FromSuccessor =
  /** The first: its configuration is right, and it asks for the estate. */
  | { readonly kind: 'hello'; readonly protocol: number; readonly version: string }
  /** Why it will not serve. It ends then. */
  | { readonly kind: 'failed'; readonly problems: readonly string[] }
  /** It accepts clients. `closed`: where nobody is to listen any more; clients that wait there are the earlier process's. */
  | { readonly kind: 'serving'; readonly closed: readonly ListenPlace[] }
  /** It stops, and so must the earlier process, within its `drain_timeout_ms`. */
  | { readonly kind: 'stop' }
  /** Files of the log are to be opened again. */
  | { readonly kind: 'reopen' }
  /** What came of a reload that it was asked for. */
  | { readonly kind: 'reloaded'; readonly reloaded: Reloaded }
  /** So many processes have been taken over from since that of the receiver. */
  | { readonly kind: 'age'; readonly processes: number };

/** From the earlier process. */
export type FromPredecessor =
  /** `fds`: the fds of the estate by the sender's numbers, in the order in which they were sent. */
  | { readonly kind: 'estate'; readonly estate: Estate; readonly fds: readonly number[] }
  /** It accepts no more clients, and writes no state file. */
  | { readonly kind: 'yours' }
  /** It was asked for a reload, which is the other process's now. Each is answered, in order. */
  | { readonly kind: 'reload' }
  /** Its connections have carried this, since it told what has been carried. `users`: an earlier version does not tell it. */
  | { readonly kind: 'carried'; readonly uses: readonly LineUse[]; readonly users?: readonly UserUse[] }
  /** The gateway stops. A signal would count as a second one where the first came to both. */
  | { readonly kind: 'stop' };
