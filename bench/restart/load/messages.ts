// The messages between the bench and the process that makes the mixed load, over Node's IPC channel. Types only.
import type { Percentiles } from '../../shared/histogram.js';
import type { Ask, Way } from '../../shared/messages.js';

/** What clients do. Each has a connection of its own. */
export type ClientKind =
  /** Says a message, checks its echo, and ends: by SOCKS5, by CONNECT of HTTP, or over a Unix socket. */
  | 'short'
  | 'http'
  | 'unix'
  /** The same, but stops for seconds in the middle of what it says. */
  | 'halting'
  /** Is silent for seconds between two messages. */
  | 'idle'
  /** Reads a stream, slowly, and checks each piece and the length. */
  | 'download'
  /** Idle ones and downloads that last from the beginning of the load to its end. */
  | 'idle-throughout'
  | 'download-throughout';

/** How clients reach a Unix socket. */
export interface UnixWay {
  readonly path: string;
  readonly ask: Ask | undefined;
}

/** How clients reach the target through a subject. */
export interface Ways {
  readonly short: Way;
  /** Undefined where the subject does not speak HTTP: short clients take the place of those then. */
  readonly http: Way | undefined;
  readonly unix: UnixWay;
  readonly download: Way;
}

export interface Mix {
  readonly ways: Ways;
  /** Connections that begin in a second, on average, while there are not too many; two of five come in bursts. */
  readonly rate: number;
  /** The longest pause of a halting client, and the longest stay of one that does not last throughout. */
  readonly lasting_ms: number;
  /** Idle clients that last throughout, and as many downloads. */
  readonly throughout: number;
  /** A connection without progress for so long is lost. */
  readonly patience_ms: number;
}

export type LoadOrder =
  | { readonly kind: 'begin'; readonly mix: Mix }
  /** Answered once so many connections have begun. */
  | { readonly kind: 'reach'; readonly begun: number }
  /** The subject is changing from now on, or no more. */
  | { readonly kind: 'changing'; readonly isChanging: boolean }
  /** Nothing new begins; answered with the outcome once all connections have ended. */
  | { readonly kind: 'end' };

export interface KindOutcome {
  readonly kind: ClientKind;
  readonly begun: number;
  /** Connections with the right bytes up to an orderly end. */
  readonly verified: number;
  /** Connections that were lost, by step, cause, and what the subject was doing. */
  readonly lost: Readonly<Record<string, number>>;
}

export interface Latency extends Percentiles {
  readonly count: number;
}

export interface MixOutcome {
  readonly kinds: readonly KindOutcome[];
  /** The time in which connections began. */
  readonly elapsed_ms: number;
  /** Time of a short connection from when it was due until its echo was complete. */
  readonly calm: Latency;
  /** The same where the subject was changing when it was due, or when it was complete. */
  readonly changing: Latency;
}

export type LoadReport =
  | { readonly kind: 'ready' }
  /** An order has been carried out. */
  | { readonly kind: 'done' }
  | { readonly kind: 'outcome'; readonly outcome: MixOutcome };
