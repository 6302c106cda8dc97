// What one question to one server is, whatever carries it: a reply that always comes, at the latest by `cancel`. Not a
// transport (udp.ts, tcp.ts, https.ts), and without deadlines of its own: whoever asks holds the timer.
import type { Judgement } from '../../protocol/dns-message.js';

/** A message that answers the question. `doubt`: why it may be forged all the same, though nothing contradicted it. */
export type Answer = Exclude<Judgement, { readonly kind: 'invalid' }> & { readonly doubt?: string };

export type Reply = Answer | { readonly kind: 'no-answer'; readonly reason: string };

/** The reason of a cancel at a deadline, as opposed to one because nobody waits any more. */
export const TIMED_OUT = 'timed out';

/** Something asked whose outcome always settles: by an answer, by an error, or soon after `cancel`. */
export interface Asked<Outcome> {
  readonly outcome: Promise<Outcome>;
  /** Gives up and frees the sockets. Without effect once settled. */
  cancel(reason: string): void;
}

type Settle = (reply: Reply) => void;

/** Runs `open`, which reports through `settle` and returns how to close what it opened: closed once, at the first reply. */
export function exchange(open: (settle: Settle) => () => void): Asked<Reply> {
  let resolve: Settle = () => {};
  const outcome = new Promise<Reply>((settled) => {
    resolve = settled;
  });
  let close: (() => void) | undefined;
  let over = false;
  const settle: Settle = (reply) => {
    if (over) return;
    over = true;
    close?.();
    resolve(reply);
  };
  close = open(settle);
  if (over) close();
  return { outcome, cancel: (reason) => settle({ kind: 'no-answer', reason }) };
}

/** Asks, and asks `again` where the first reply wants it; one after the other, with one outcome. */
export function exchangeAgain(first: Asked<Reply>, again: (reply: Reply) => Asked<Reply> | undefined): Asked<Reply> {
  let current = first;
  let cancelled = false;
  const outcome = first.outcome.then((reply) => {
    const next = cancelled ? undefined : again(reply);
    if (next === undefined) return reply;
    current = next;
    return next.outcome;
  });
  const cancel = (reason: string): void => {
    cancelled = true;
    current.cancel(reason);
  };
  return { outcome, cancel };
}

/** Whether two answers say the same, in whatever order. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (a.kind !== 'addresses' || b.kind !== 'addresses') return a.kind === b.kind;
  return a.addresses.length === b.addresses.length && a.addresses.every((address) => b.addresses.includes(address));
}

export function noAnswer(error: NodeJS.ErrnoException): Reply {
  return { kind: 'no-answer', reason: error.code ?? error.message };
}
