// A listener: an address and port to which clients connect, as main and the connection actors know it. Its socket and its
// counts belong to main (main/accept/listening-socket.ts). Types only.
import type { ListenerAddress } from '../address/own-listeners.js';
import type { InboundName } from './protocols.js';

export interface Listener extends ListenerAddress {
  /** Its place among the listeners, from 0. Below LISTENERS_MAX of threads/shared/hand-off.ts. */
  readonly number: number;
  /** Its address and port in text, for people. */
  readonly name: string;
  /** The protocols that its clients may speak; at least one. */
  readonly protocols: readonly InboundName[];
  /** Whether a client must show which user it is. */
  readonly wantsUser: boolean;
}
