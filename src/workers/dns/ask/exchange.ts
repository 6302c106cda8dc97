// One question to one server, over any transport: a reply always comes, at the latest within `cancel`. It is no transport
// (udp.ts, tcp.ts, https.ts) and has no deadline: the caller holds the timer. Callbacks, not promises: a cache miss passes
// five of these layers twice.
import type { Judgement } from '../../../protocol/dns/message.js';

/** A message that answers the question. `doubt`: why it may be forged although nothing contradicted it. */
export type Answer = Exclude<Judgement, { readonly kind: 'invalid' }> & { readonly doubt?: string };

/**
 * Why a question is given up. `timed-out`: its deadline passed. `overtaken`: another server was faster. `answered`: another
 * source has answered. `stopping`: the DNS actor stops.
 */
export type GivenUp = 'timed-out' | 'overtaken' | 'answered' | 'stopping';

/** `failed`: the question could not be sent, or the reply is no answer. `reason` is for people: it is never compared. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly code: GivenUp | 'failed';
  readonly reason: string;
}

export type Reply = Answer | NoAnswer;

/**
 * Hears an outcome. For a question to servers it is called once, never before the asking call has returned, and at the
 * latest within `cancel`. For a lookup it may be called more than once, and within the call: see lookup/resolver.ts.
 */
export type Hear<Outcome> = (outcome: Outcome) => void;

/** A question under way. */
export interface Asked {
  /** Gives up, frees the sockets, and reports `why` as the outcome. No effect once an outcome has been reported. */
  cancel(why: GivenUp): void;
}

/** The reply of a question that was given up. */
export const GIVEN_UP: Readonly<Record<GivenUp, NoAnswer>> = {
  'timed-out': { kind: 'no-answer', code: 'timed-out', reason: 'timed out' },
  overtaken: { kind: 'no-answer', code: 'overtaken', reason: 'another server was faster' },
  answered: { kind: 'no-answer', code: 'answered', reason: 'answered by another' },
  stopping: { kind: 'no-answer', code: 'stopping', reason: 'stopping' },
};

export function failed(reason: string): NoAnswer {
  return { kind: 'no-answer', code: 'failed', reason };
}

/** Runs `open`, which reports through `settle` and returns a function that closes what it opened, for the first reply. */
export function exchange(hear: Hear<Reply>, open: (settle: Hear<Reply>) => () => void): Asked {
  let close: (() => void) | undefined;
  let over = false;
  const settle = (reply: Reply): void => {
    if (over) return;
    over = true;
    close?.();
    hear(reply);
  };
  close = open(settle);
  return { cancel: (why) => settle(GIVEN_UP[why]) };
}

/** A question that fails with `reason` before anything is sent. */
export function unasked(hear: Hear<Reply>, reason: string): Asked {
  return exchange(hear, (settle) => {
    queueMicrotask(() => settle(failed(reason)));
    return () => {};
  });
}

/** The outcome as a promise, for callers that ask seldom. */
export function promised<Outcome>(ask: (hear: Hear<Outcome>) => Asked): Asked & { readonly outcome: Promise<Outcome> } {
  let hear: Hear<Outcome> = () => {};
  const outcome = new Promise<Outcome>((resolve) => {
    hear = resolve;
  });
  const asked = ask((heard) => hear(heard));
  return { outcome, cancel: (why) => asked.cancel(why) };
}

/** Whether a reply says which addresses the name has (or that it has none), so that it can contradict another reply. */
export function tells({ kind }: Reply): boolean {
  return kind === 'addresses' || kind === 'nodata' || kind === 'nxdomain';
}

/** Whether two answers say the same; the order of addresses does not count. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (a.kind !== 'addresses' || b.kind !== 'addresses') return a.kind === b.kind;
  return a.addresses.length === b.addresses.length && a.addresses.every((address) => b.addresses.includes(address));
}

export function noAnswer(error: NodeJS.ErrnoException): NoAnswer {
  return failed(error.code ?? error.message);
}
