// Whether a filter means a connection, or a flow, by what is noted of it: no record is made. It asks the cheapest first.
import { parseIp } from '../../../protocol/address/address.js';
import { IpRanges } from '../../../protocol/address/ip-range.js';
import { type ConnectionFilter, isNameOf, type TargetFilter } from '../../../protocol/connections/filter.js';

/** What is noted, by slot. */
export interface MatchedRecords {
  /** 4 or 16 bytes; undefined for a Unix socket, and if it is not known. */
  clientIp(slot: number): Uint8Array | undefined;
  clientName(slot: number): string;
  listenerOf(slot: number): number;
  lineOf(slot: number): number | undefined;
  hostOf(slot: number): string | undefined;
  /** Another name of the host; none has one where this is absent. */
  nameOf?(slot: number): string | undefined;
  readonly reader: {
    userName(slot: number): string | undefined;
    targetPort(slot: number): number | undefined;
  };
}

/** Names by number, of all that there have been. */
export interface Names {
  lineName(line: number): string;
  listenerName(listener: number): string;
}

/** By its slot. */
export type Matches = (slot: number) => boolean;

export function matching(filter: ConnectionFilter, records: MatchedRecords, names: Names): Matches {
  const { client, user, target, line, listener } = filter;
  const all: Matches[] = [];
  if (listener !== undefined) all.push((slot) => names.listenerName(records.listenerOf(slot)) === listener);
  if (line !== undefined) {
    all.push((slot) => {
      const number = records.lineOf(slot);
      return number !== undefined && names.lineName(number) === line;
    });
  }
  if (user !== undefined) all.push((slot) => records.reader.userName(slot) === user);
  if (client === 'unix') all.push((slot) => records.clientName(slot) === 'unix');
  else if (client !== undefined) {
    const networks = new IpRanges([client]);
    all.push((slot) => {
      const ip = records.clientIp(slot);
      return ip !== undefined && networks.hasClient(ip);
    });
  }
  if (target !== undefined) all.push(targetMatching(target, records));
  return (slot) => all.every((one) => one(slot));
}

function targetMatching({ host, range, port }: TargetFilter, records: MatchedRecords): Matches {
  const networks = range && new IpRanges([range]);
  return (slot) => {
    if (port !== undefined && records.reader.targetPort(slot) !== port) return false;
    if (host === undefined && networks === undefined) return true;
    const asked = records.hostOf(slot);
    if (asked === undefined) return false;
    if (host !== undefined) {
      const name = records.nameOf?.(slot);
      return isNameOf(asked, host) || (name !== undefined && isNameOf(name, host));
    }
    const ip = parseIp(asked);
    return ip !== undefined && networks?.hasClient(ip) === true;
  };
}
