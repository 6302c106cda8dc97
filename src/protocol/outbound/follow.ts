// Goes through a chain over any stream of bytes, where a promise may wait for each message: name servers behind a line, and
// `check --dial`. Pure: what reads and writes is given. It bounds no wait.
import type { Failure } from '../race/failure.js';
import type { Chain } from './chain.js';

export interface Carrier {
  /** What comes. It is left off in the middle where the end of the chain comes before the end of the stream. */
  readonly incoming: AsyncIterable<Uint8Array>;
  send(bytes: Uint8Array): void;
}

/** `last-hop`: only up to where the last hop would be asked for the destination. */
export type Goal = 'destination' | 'last-hop';

export type Followed =
  /** `rest`: what the destination has sent by then. */
  | { readonly code: 'reached'; readonly rest: Uint8Array }
  | { readonly code: 'failed'; readonly failure: Failure }
  /** A hop has ended the connection. */
  | { readonly code: 'ended' };

const LAST_HOP: Followed = { code: 'reached', rest: new Uint8Array(0) };

/** Rejects only with what `incoming` rejects with. */
export async function follow(chain: Chain, { incoming, send }: Carrier, goal: Goal): Promise<Followed> {
  const isFar = (): boolean => goal === 'last-hop' && chain.asksDestination;
  const first = chain.start();
  if (isFar()) return LAST_HOP;
  send(first);
  for await (const bytes of incoming) {
    const step = chain.feed(bytes);
    switch (step.kind) {
      case 'incomplete':
        break;
      case 'send':
        if (isFar()) return LAST_HOP;
        send(step.bytes);
        break;
      case 'connected':
        return { code: 'reached', rest: step.rest };
      case 'failed':
        return { code: 'failed', failure: step.failure };
      default:
        return step satisfies never;
    }
  }
  return { code: 'ended' };
}
