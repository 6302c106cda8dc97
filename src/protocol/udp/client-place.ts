// Where an association takes the datagrams of its client: the address to which its socket is bound, and the one that the client is
// told. Pure.
import { isLoopback } from '../address/own-listeners.js';

export interface ClientPlace {
  readonly bind: Uint8Array;
  readonly tell: Uint8Array;
}

/**
 * `own`: the address to which the client's connection has come; of the other family, or empty, where a proxy has told of the client.
 * `advertised`: what clients of this family are told (`udp.advertise`). `machineHas`: whether this machine has an address. Undefined
 * where there is none that the client could reach.
 */
export function clientPlace(
  client: Uint8Array,
  own: Uint8Array,
  advertised: Uint8Array | undefined,
  machineHas: (ip: Uint8Array) => boolean,
): ClientPlace | undefined {
  const isOfFamily = own.length === client.length;
  // A client of this machine, which may not reach what others are told.
  const isHere = isOfFamily && isLoopback(own) && isLoopback(client);
  if (advertised === undefined || isHere) return isOfFamily ? { bind: own, tell: own } : undefined;
  if (machineHas(advertised)) return { bind: advertised, tell: advertised };
  // Somebody translates the address. A proxy in front may have connected over another one than that to which this leads.
  const isElsewhere = !isOfFamily || isLoopback(own);
  return { bind: isElsewhere ? new Uint8Array(client.length) : own, tell: advertised };
}
