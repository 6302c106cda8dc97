// What is counted and logged when a connection has ended; its sockets have been closed by then.
import { Counter } from '../../threads/counters.js';
import type { Context } from './context.js';
import type { SessionRecord } from './record.js';

/** How a relay ended. */
export type RelayEnding = 'complete' | 'reset-by-client' | 'reset-by-destination' | 'idle' | 'half-closed';

export interface Relayed {
  readonly ending: RelayEnding;
  /** Bytes from the client, and to it. */
  readonly up: number;
  readonly down: number;
}

export function relayEnded(context: Context, record: SessionRecord | undefined, { ending, up, down }: Relayed): void {
  const { counters } = context;
  counters[Counter.bytesUp] += up;
  counters[Counter.bytesDown] += down;
  if (ending === 'complete') counters[Counter.completed] += 1;
  else if (ending === 'idle' || ending === 'half-closed') counters[Counter.timeouts] += 1;
  else counters[Counter.resets] += 1;
  record?.relayed(up, down);
  connectionEnded(context, record, ending);
}

export function connectionEnded(context: Context, record: SessionRecord | undefined, how: string): void {
  context.counters[Counter.closed] += 1;
  if (record !== undefined) context.log.write('debug', record.fields(how), 'connection');
  context.ended();
}
