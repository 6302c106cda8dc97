// What is told of one connection, in the log, by `tcproute explain` and to whoever asks the gateway: who came where, every
// attempt of its race with its times, who won, and why. Plain values, made in workers/connection/records/. Pure.
import type { FailureCode } from './failure.js';

/**
 * The result of an attempt. `connected`: it carries the connection. `abandoned`: another one was better. `late`: the same,
 * and it was late by its own history. `left`: its server ended or broke the connection before anybody had spoken. `silent`: it
 * did not answer a ClientHello. `not-tls`: it answered with something else. Of a trial, which carries nothing, `connected` and
 * `answered` say how far it came.
 */
export type AttemptResult =
  | FailureCode
  | ('connected' | 'answered' | 'abandoned' | 'late' | 'left' | 'silent' | 'not-tls');

/** Times are in ms from the beginning of the race; undefined for what has not happened. */
export interface AttemptRecord {
  readonly line: string;
  /** The address that was dialled: the destination's own, or that of the line's first proxy. */
  readonly address: string;
  /** Whether it went first and alone, because it is remembered as the best. */
  readonly remembered: boolean;
  /** It was only tried beside the lead, to find out whether a cheaper line works again: it carries nothing. */
  readonly trial?: true;
  readonly started_ms: number;
  readonly connected_ms: number | undefined;
  /** When the client's ClientHello was sent to it. */
  readonly asked_ms: number | undefined;
  /** When the destination's first byte came. */
  readonly answered_ms: number | undefined;
  /** When it failed or was given up. */
  readonly ended_ms: number | undefined;
  readonly result: AttemptResult | undefined;
  /** What the kernel or the proxy said of a failure. */
  readonly detail?: string | undefined;
}

/**
 * Why other lines had still to wait. `cheaper`: they are dearer, or others of its weight. `hinted`: they do not carry a host of its
 * site or network. `told`: another gateway says that the destination is carried by this one. `warned`: other gateways speak against
 * their lines or addresses.
 */
export type Spared = 'cheaper' | 'hinted' | 'told' | 'warned';

/** A hint of another gateway, which has put a line first in a race. `age_ms`: since when that gateway has known it. */
export interface ToldHint {
  /** The number of the line. */
  readonly line: number;
  /** The name of that gateway. */
  readonly from: string;
  readonly age_ms: number;
}

/** The same as it is told: by the names of the line and the gateway. */
export interface ToldRecord {
  readonly line: string;
  readonly gateway: string;
  readonly age_ms: number;
}

/**
 * Why the winner won. `only-attempt`: no other was started. `none-answered`: no server answered the ClientHello as TLS does,
 * so that the first one, or the clearest refusal, was passed on. `none-stayed`: its server left, and no other was there.
 * `others-left`: servers that were connected before it left. `others-answer-early`: lines that connected before it are known to
 * say so too early. What others had to wait for: see `Spared`.
 */
export type Why =
  | 'remembered'
  | 'only-attempt'
  | 'connected-first'
  | 'answered-first'
  | 'others-failed'
  | 'others-left'
  | 'others-answer-early'
  | Spared
  | 'none-answered'
  | 'none-stayed';

export interface RaceRecord {
  /** `host:port` as the client asked for it. */
  readonly target: string;
  /** In the order of their starts. */
  readonly attempts: readonly AttemptRecord[];
  /** Index in `attempts` of the one that carries the connection; undefined for none. */
  readonly winner: number | undefined;
  readonly why: Why | undefined;
  /** Until the winner answered, or connected if no answer came; without a winner, until the race was over. */
  readonly total_ms: number;
  /**
   * The reply to the client as a code of its protocol (the REP byte of SOCKS5, the status of HTTP); undefined if it got none: it
   * had gone before, or only the destination answers it.
   */
  readonly reply: number | undefined;
  /** Why there is no connection. */
  readonly cause: FailureCode | undefined;
  /** What the kernel, the proxy or the DNS servers said of it, or which rule blocked it. */
  readonly detail?: string | undefined;
  /** The place of that rule in the configuration. */
  readonly rule?: number | undefined;
  /** The hint of another gateway with which the race began. */
  readonly told?: ToldRecord;
}

/** A connection, live or ended. It holds no bytes of it, and no secret. */
export interface ConnectionRecord {
  /**
   * `host:port`, or `unix` for a client of a Unix socket; `unknown` for a client that had gone before the kernel told its
   * address.
   */
  readonly client: string;
  /** The name of the listener where it came in. */
  readonly listener: string;
  /** With which the client authenticated itself. */
  readonly user: string | undefined;
  /** What the client wrote behind the user's name and a `+`. */
  readonly tag?: string;
  /**
   * Of a connection on which a client has an association for datagrams: by which its flows name it (connections/connection-id.ts). Its
   * target is `udp`, with the port at which it takes the client's datagrams.
   */
  readonly association?: string;
  /** Undefined for a client that has not said where it wants to go. */
  readonly race: RaceRecord | undefined;
  /** Of the attempt that carries the connection. */
  readonly line: string | undefined;
  readonly address: string | undefined;
  readonly connect_ms: number | undefined;
  /** From the client, and to it. */
  readonly bytes_up: number;
  readonly bytes_down: number;
  /** Bytes a second as last measured, each way; absent for a connection that has carried little. */
  readonly rate?: { readonly up?: number; readonly down?: number };
  /** When it was opened, in ms since 1970. */
  readonly opened_at: number;
  /** Until it ended, or until now. */
  readonly duration_ms: number;
  /** How it ended; undefined while it lives. */
  readonly ending: string | undefined;
}

const UNFAILED: ReadonlySet<AttemptResult> = new Set(['connected', 'answered', 'abandoned', 'late']);

/** Whether an attempt failed by itself, and not because another one was better. */
export function hasFailed({ result }: AttemptRecord): boolean {
  return result !== undefined && !UNFAILED.has(result);
}

/** Why the attempt at index `winner` carries the connection. `spares`: why other lines had to wait. */
export function whyWon(attempts: readonly AttemptRecord[], winner: number, spares?: Spared): Why {
  const won = attempts[winner];
  const others = attempts.filter(({ trial }, place) => place !== winner && !trial);
  if (won.result === 'left') return 'none-stayed';
  if (hasFailed(won)) return 'none-answered';
  if (others.length === 0) return won.remembered ? 'remembered' : (spares ?? 'only-attempt');
  const connected_ms = won.connected_ms ?? won.started_ms;
  // Where no other server was asked, connecting has decided.
  if (won.asked_ms !== undefined && others.some(({ asked_ms }) => asked_ms !== undefined)) return 'answered-first';
  if (others.every((other) => hasFailed(other) && (other.ended_ms ?? 0) <= connected_ms)) return 'others-failed';
  const before = others.filter((other) => (other.connected_ms ?? Number.POSITIVE_INFINITY) < connected_ms);
  if (before.length === 0) return spares ?? 'connected-first';
  return before.some(({ result }) => result === 'left') ? 'others-left' : 'others-answer-early';
}
