// The messages between the bench of UDP and its two child processes, the generator and the far end, over Node's IPC channel. Types
// only.
import type { Percentiles } from '../../shared/histogram.js';

/** Associations, and to how many destinations each of them sends. */
export interface Shape {
  readonly associations: number;
  readonly destinations: number;
}

export interface Load {
  /** Bytes of each datagram, without the header of SOCKS5. */
  readonly size: number;
  /** Datagrams a second; undefined: as many as come back, `window` of them under way. */
  readonly rate: number | undefined;
  readonly window: number;
  /** Datagrams that are sent as one, which the kernel divides where nobody takes them so (UDP GSO, GRO); 1 for none. */
  readonly joined: number;
  readonly duration_ms: number;
}

export type Order =
  /** Associations at the SOCKS5 server on `proxy`, for destinations at the far end's port. */
  | { readonly kind: 'open'; readonly proxy: number; readonly farEnd: number; readonly shape: Shape }
  | { readonly kind: 'load'; readonly load: Load }
  | { readonly kind: 'close' };

export interface Outcome {
  readonly sent: number;
  /** Sent, and come back from where they were sent to. */
  readonly answered: number;
  /** Not sent, since the generator's own socket had no room. */
  readonly unsent: number;
  /** Come back, but dropped at the generator's own sockets, which were full. */
  readonly dropped: number;
  /** What came that nobody had sent, or from elsewhere, or twice. */
  readonly wrong: number;
  /** Until the last datagram was sent. */
  readonly elapsed_ms: number;
  /** Time from each datagram's sending to its answer. */
  readonly latency: Percentiles;
  /** CPU time of the generator itself, in µs. */
  readonly cpu_us: number;
}

export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'opened' }
  /** Not all associations could be opened. */
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'closed' };

export type FarEndReport =
  | { readonly kind: 'ready'; readonly port: number }
  /** Datagrams that its full socket has dropped, and that it could not send back, since its start. */
  | { readonly kind: 'losses'; readonly losses: number };
