// What a connection actor counts, in shared memory of its own: others read it without a message. tally.ts and connection-end.ts say
// what is counted when.
import { countUnasked } from '../../linux/engine/socket.js';
import type { SharedMemory } from '../../threads/contracts/start.js';
import type { RemoteLog } from '../../threads/log.js';
import { ConnectionCounts } from '../../threads/shared/connection-counts.js';
import { Counter, Counters } from '../../threads/shared/counters.js';
import { LineBytes } from '../../threads/shared/line-bytes.js';
import { LineCounts } from '../../threads/shared/line-counts.js';
import { SiteLeases } from '../../threads/shared/site-leases.js';
import { TimeHistogram, TURN_BOUNDS_MS } from '../../threads/shared/time-histogram.js';
import { UdpCounts } from '../../threads/shared/udp-counts.js';
import { UdpLines } from '../../threads/shared/udp-lines.js';
import { UdpUse } from '../../threads/shared/udp-use.js';
import { UserTable } from '../../threads/shared/user-table.js';

export interface Counts {
  /** The actor's slice. */
  readonly counters: Float64Array;
  readonly connectionCounts: ConnectionCounts;
  readonly udpCounts: UdpCounts;
  readonly lineBytes: LineBytes;
  readonly lineCounts: LineCounts;
  readonly turnTimes: TimeHistogram;
  /** Of all actors. */
  readonly userTable: UserTable;
  readonly siteLeases: SiteLeases;
  readonly udpLines: UdpLines;
  /** What this actor has of what all may have together. */
  readonly udpUse: UdpUse;
}

export function countsIn({ counters, own, userTable, siteLeases, udp }: SharedMemory): Counts {
  const udpUse = new UdpUse(udp.use, own.actor);
  udpUse.clear();
  return {
    counters: new Counters(counters).of(own.actor),
    connectionCounts: new ConnectionCounts(own.connectionCounts),
    udpCounts: new UdpCounts(own.udpCounts),
    lineBytes: new LineBytes(own.lineBytes),
    lineCounts: new LineCounts(own.lineCounts),
    turnTimes: new TimeHistogram(own.turnTimes, TURN_BOUNDS_MS),
    userTable: new UserTable(userTable),
    siteLeases: new SiteLeases(siteLeases),
    udpLines: new UdpLines(udp.lines),
    udpUse,
  };
}

/** Has events that no handler asked for be counted and logged, in place of ending the thread. */
export function tellUnasked(counters: Float64Array, log: RemoteLog): void {
  countUnasked((event) => {
    counters[Counter.unasked] += 1;
    const message = 'an event of a socket that nobody asked for is dropped: this is a bug of the gateway';
    log.tell({ topic: `unasked ${event}`, level: 'error', message, fields: { event } });
  });
}
