// What is told of one connection's race, in the log and by `tcproute explain`: every attempt with its times, who won, and
// why. Plain values, made in workers/connection/record.ts. Pure.
import type { FailureCode } from './failure.js';

/**
 * What an attempt came to. `connected`: it carries the connection. `abandoned`: another one was better. `late`: the same,
 * and it was late by its own history. `silent`: it did not answer a ClientHello. `not-tls`: it answered with something else.
 */
export type AttemptResult = FailureCode | 'connected' | 'abandoned' | 'late' | 'silent' | 'not-tls';

/** Times are in ms from the beginning of the race; undefined for what has not happened. */
export interface AttemptRecord {
  readonly line: string;
  /** That was dialled: the destination's own, or that of the line's first proxy. */
  readonly address: string;
  /** Whether it went first and alone, because it is remembered as the best. */
  readonly remembered: boolean;
  readonly started_ms: number;
  readonly connected_ms: number | undefined;
  /** When it was sent the client's ClientHello. */
  readonly asked_ms: number | undefined;
  /** When the first byte of the destination came. */
  readonly answered_ms: number | undefined;
  /** When it failed or was given up. */
  readonly ended_ms: number | undefined;
  readonly result: AttemptResult | undefined;
  /** What the kernel or the proxy said of a failure. */
  readonly detail?: string | undefined;
}

/**
 * Why the winner won. `only-attempt`: no other was started. `none-answered`: nobody answered the ClientHello as TLS does,
 * so that the first one, or what refuses most clearly, is passed on. `others-answer-early`: what was connected before it
 * is known to say so too early.
 */
export type Why =
  | 'remembered'
  | 'only-attempt'
  | 'connected-first'
  | 'answered-first'
  | 'others-failed'
  | 'others-answer-early'
  | 'none-answered';

export interface RaceRecord {
  /** `host:port` as the client asked for it. */
  readonly target: string;
  /** In the order in which they were started. */
  readonly attempts: readonly AttemptRecord[];
  /** Place in `attempts` of the one that carries the connection; undefined for none. */
  readonly winner: number | undefined;
  readonly why: Why | undefined;
  /** Until the winner had answered, or was connected where nothing was heard of it; else until all was over. */
  readonly total_ms: number;
  /** What the client was told: a code of its protocol (of SOCKS5 the REP byte); undefined where it had gone before. */
  readonly reply: number | undefined;
  /** Why there is no connection. */
  readonly cause: FailureCode | undefined;
  /** What the kernel, the proxy or the DNS servers said of it. */
  readonly detail?: string | undefined;
}

/** Whether an attempt came to nothing by itself, and not because another one was better. */
export function hasFailed({ result }: AttemptRecord): boolean {
  return result !== 'connected' && result !== 'abandoned' && result !== 'late' && result !== undefined;
}

export function whyWon(attempts: readonly AttemptRecord[], winner: number): Why {
  const won = attempts[winner];
  const others = attempts.filter((_, place) => place !== winner);
  if (hasFailed(won)) return 'none-answered';
  if (others.length === 0) return won.remembered ? 'remembered' : 'only-attempt';
  const connected_ms = won.connected_ms ?? won.started_ms;
  // With nobody else asked to answer, the connection has decided.
  if (won.asked_ms !== undefined && others.some(({ asked_ms }) => asked_ms !== undefined)) return 'answered-first';
  if (others.every((other) => hasFailed(other) && (other.ended_ms ?? 0) <= connected_ms)) return 'others-failed';
  const isFirst = others.every((other) => (other.connected_ms ?? Number.POSITIVE_INFINITY) >= connected_ms);
  return isFirst ? 'connected-first' : 'others-answer-early';
}
