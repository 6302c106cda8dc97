// A listener as a connection actor uses it: with the inbound protocol of its clients.
import type { Inbound } from '../../protocol/inbound/inbound.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import { inboundOf } from '../../protocol/inbound/protocols.js';

export interface Entrance {
  readonly listener: Listener;
  readonly inbound: Inbound;
}

export const entranceOf = (listener: Listener): Entrance => ({
  listener,
  inbound: inboundOf(listener.protocols, listener.wantsUser),
});
