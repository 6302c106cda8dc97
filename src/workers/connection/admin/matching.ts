// Whether a filter means a connection, by what is noted of it: no record is made. It asks the cheapest first.
import { parseIp } from '../../../protocol/address/address.js';
import { IpRanges } from '../../../protocol/address/ip-range.js';
import { type ConnectionFilter, isNameOf, type TargetFilter } from '../../../protocol/connections/filter.js';
import type { ConnectionRecords } from '../records/records.js';

export type MatchedRecords = Pick<
  ConnectionRecords,
  'clientIp' | 'clientName' | 'listenerOf' | 'lineOf' | 'hostOf' | 'reader'
>;

/** Names by number, of all that there have been. */
export interface Names {
  lineName(line: number): string;
  listenerName(listener: number): string;
}

/** Of a connection, by its slot. */
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
    if (host !== undefined) return isNameOf(asked, host);
    const ip = parseIp(asked);
    return ip !== undefined && networks?.hasClient(ip) === true;
  };
}
