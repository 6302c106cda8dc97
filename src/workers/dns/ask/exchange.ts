// What one question to one server is, whatever carries it: a reply that always comes, at the latest within `cancel`. Not a
// transport (udp.ts, tcp.ts, https.ts), and without deadlines of its own: whoever asks holds the timer. Callbacks, not
// promises: a miss of the cache passes five of these layers twice.
import type { Judgement } from '../../../protocol/dns/message.js';

/** A message that answers the question. `doubt`: why it may be forged all the same, though nothing contradicted it. */
export type Answer = Exclude<Judgement, { readonly kind: 'invalid' }> & { readonly doubt?: string };

export type Reply = Answer | { readonly kind: 'no-answer'; readonly reason: string };

/** Hears the outcome, once: never before the call that asked has returned, and at the latest within `cancel`. */
export type Hear<Outcome> = (outcome: Outcome) => void;

/** Something that is asked. */
export interface Asked {
  /** Gives up, frees the sockets, and tells so. Without effect once the outcome has been told. */
  cancel(reason: string): void;
}

/** The reason of a cancel at a deadline, as opposed to one because nobody waits any more. */
export const TIMED_OUT = 'timed out';
/** The reason of a cancel because the DNS actor stops. */
export const STOPPING = 'stopping';

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
  return { cancel: (reason) => settle({ kind: 'no-answer', reason }) };
}

/** A question that cannot even be asked. */
export function unasked(hear: Hear<Reply>, reason: string): Asked {
  return exchange(hear, (settle) => {
    queueMicrotask(() => settle({ kind: 'no-answer', reason }));
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
  return { outcome, cancel: (reason) => asked.cancel(reason) };
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

export function noAnswer(error: NodeJS.ErrnoException): Reply {
  return { kind: 'no-answer', reason: error.code ?? error.message };
}
