// Goes through a chain over any stream of bytes, for callers outside the hot path: name servers behind a line, and
// `check --dial`. Pure: the caller reads and writes. It bounds no wait.
import type { Failure } from '../race/failure.js';
import type { Chain, ChainStep } from './chain.js';

/** A connection to the first hop, as a stream of bytes. */
export interface Carrier {
  /** The bytes that arrive. `follow` stops iterating when the chain has been gone through. */
  readonly incoming: AsyncIterable<Uint8Array>;
  send(bytes: Uint8Array): void;
}

/**
 * `answer`: stop once the last hop has answered in its protocol. It is asked for the destination only where the request is what
 * it is told first; any word about the destination is then an answer.
 */
export type Goal = 'destination' | 'answer';

export type Followed =
  /** `rest`: bytes that the destination has already sent. */
  | { readonly code: 'reached'; readonly rest: Uint8Array }
  | { readonly code: 'failed'; readonly failure: Failure }
  /** A hop has ended the connection. */
  | { readonly code: 'ended' };

const ANSWERED: Followed = { code: 'reached', rest: new Uint8Array(0) };

/** Goes through the chain up to `goal`. Rejects only when `incoming` or `send` throws. */
export async function follow(chain: Chain, { incoming, send }: Carrier, goal: Goal): Promise<Followed> {
  const take = (step: ChainStep): Followed | undefined => {
    switch (step.kind) {
      case 'incomplete':
        return undefined;
      case 'send':
        if (goal === 'answer' && chain.asksDestination && chain.hasHeard) return ANSWERED;
        send(step.bytes);
        return undefined;
      case 'connected':
        return { code: 'reached', rest: step.rest };
      case 'failed':
        if (goal === 'answer' && chain.asksDestination) return ANSWERED;
        return { code: 'failed', failure: step.failure };
      default:
        return step satisfies never;
    }
  };
  let followed = take(chain.start());
  if (followed !== undefined) return followed;
  for await (const bytes of incoming) {
    followed = take(chain.feed(bytes));
    if (followed !== undefined) return followed;
  }
  return { code: 'ended' };
}
