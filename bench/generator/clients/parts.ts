// What a client needs of the load that it belongs to, and what the load needs of a client. Types only.
import type { Engine } from '../../../src/linux/engine/engine.js';
import type { Handler, Socket } from '../../../src/linux/engine/socket.js';
import type { Route } from './route.js';
import type { Tally } from './tally.js';

export interface Participant {
  /** Closes the connection and counts a failure if it has made no progress since `before_ms` of the engine's clock. */
  expire(before_ms: number): void;
}

export interface ClientParts {
  readonly engine: Engine;
  readonly route: Pick<Route, 'handshake' | 'nextTalk'>;
  readonly tally: Pick<Tally, 'failed'>;
  /** Begins a connection, of which the handler hears by `onConnect`. Returns why there is no socket where there is none. */
  dial(handler: Handler): Socket | string;
  /** The client has a connection to be watched for progress, or none any more. */
  joined(participant: Participant): void;
  left(participant: Participant): void;
}
