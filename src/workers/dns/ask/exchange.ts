// What one question to one server is, whatever carries it: a reply that always comes, at the latest within `cancel`. Not a
// transport (udp.ts, tcp.ts, https.ts), and without deadlines of its own: whoever asks holds the timer. Callbacks, not
// promises: a miss of the cache passes five of these layers twice.
import type { Judgement } from '../../../protocol/dns/message.js';

/** A message that answers the question. `doubt`: why it may be forged all the same, though nothing contradicted it. */
export type Answer = Exclude<Judgement, { readonly kind: 'invalid' }> & { readonly doubt?: string };

/**
 * Why a question is given up. `timed-out`: at its deadline. `overtaken`: another server was faster. `answered`: it has been
 * answered in another way. `stopping`: the DNS actor stops.
 */
export type GivenUp = 'timed-out' | 'overtaken' | 'answered' | 'stopping';

/** `failed`: it could not be asked, or what came is no answer. `reason` is for people: it is never compared. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly code: GivenUp | 'failed';
  readonly reason: string;
}

export type Reply = Answer | NoAnswer;

/** Hears the outcome, once: never before the call that asked has returned, and at the latest within `cancel`. */
export type Hear<Outcome> = (outcome: Outcome) => void;

/** Something that is asked. */
export interface Asked {
  /** Gives up, frees the sockets, and tells so. Without effect once the outcome has been told. */
  cancel(why: GivenUp): void;
}

/** What is told of a question that was given up. */
export const GIVEN_UP: Readonly<Record<GivenUp, NoAnswer>> = {
  'timed-out': { kind: 'no-answer', code: 'timed-out', reason: 'timed out' },
  overtaken: { kind: 'no-answer', code: 'overtaken', reason: 'another server was faster' },
  answered: { kind: 'no-answer', code: 'answered', reason: 'answered by another' },
  stopping: { kind: 'no-answer', code: 'stopping', reason: 'stopping' },
};

export function failed(reason: string): NoAnswer {
  return { kind: 'no-answer', code: 'failed', reason };
}

/** Runs `open`, which reports through `settle` and returns how to close what it opened: closed once, at the first reply. */
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

/** A question that cannot even be asked. */
export function unasked(hear: Hear<Reply>, reason: string): Asked {
  return exchange(hear, (settle) => {
    queueMicrotask(() => settle(failed(reason)));
    return () => {};
  });
}

/** As a promise, for those who ask seldom. */
export function promised<Outcome>(ask: (hear: Hear<Outcome>) => Asked): Asked & { readonly outcome: Promise<Outcome> } {
  let hear: Hear<Outcome> = () => {};
  const outcome = new Promise<Outcome>((resolve) => {
    hear = resolve;
  });
  const asked = ask((heard) => hear(heard));
  return { outcome, cancel: (why) => asked.cancel(why) };
}

/** Whether it says what there is for the name, so that it can contradict another one. */
export function tells({ kind }: Reply): boolean {
  return kind === 'addresses' || kind === 'nodata' || kind === 'nxdomain';
}

/** Whether two answers say the same, in whatever order. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (a.kind !== 'addresses' || b.kind !== 'addresses') return a.kind === b.kind;
  return a.addresses.length === b.addresses.length && a.addresses.every((address) => b.addresses.includes(address));
}

export function noAnswer(error: NodeJS.ErrnoException): NoAnswer {
  return failed(error.code ?? error.message);
}
