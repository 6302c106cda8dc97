// What one question to one server is, whatever carries it: a reply that always comes, at the latest by `cancel`. Not a
// transport (udp.ts, tcp.ts), and without deadlines of its own: whoever asks holds the timer.
import type { Judgement } from '../../protocol/dns-message.js';

export type Reply =
  | Exclude<Judgement, { readonly kind: 'invalid' }>
  | { readonly kind: 'no-answer'; readonly reason: string };

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

export function noAnswer(error: NodeJS.ErrnoException): Reply {
  return { kind: 'no-answer', reason: error.code ?? error.message };
}
