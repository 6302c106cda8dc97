// The notice that a client is turned away: because of where it comes from, or because its network is over a limit. Main and the
// connection actors turn clients away, and a client has one line a minute from all of them. It turns nobody away.
import { networkOctets, networkText } from '../address/client-network.js';
import type { Notice } from './notice.js';

/** `why`: in few words. `ip`: 4 or 16 bytes; undefined for a Unix socket. `listener`: its name. */
export function turnedAway(why: string, ip: Uint8Array | undefined, listener: string): Notice {
  const client = networkText(networkOctets(ip));
  const message = `a client is turned away: ${why}`;
  return { topic: `client ${client}`, crowd: 'clients', level: 'warn', message, fields: { client, listener } };
}
