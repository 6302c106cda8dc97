// A listener: a place where clients come in, as main and the connection actors know it. Its socket and its counts are
// main's (main/accept/listening-socket.ts). Types only.
import type { ListenerAddress } from '../address/own-listeners.js';
import type { InboundName } from './protocols.js';

export interface Listener extends ListenerAddress {
  /** Its place among the listeners, from 0. Below LISTENERS_MAX of threads/shared/hand-off.ts. */
  readonly number: number;
  /** For people. */
  readonly name: string;
  /** What its clients speak. */
  readonly inbound: InboundName;
}
