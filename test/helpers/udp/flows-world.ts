// The flow book of an actor with a clock that stands still, and flows as tests want them.
import { parseIp } from '../../../src/protocol/address/address.js';
import { targetOfText } from '../../../src/protocol/address/target.js';
import type { FlowEnding, FlowKind, FlowRecord } from '../../../src/protocol/udp/flow-record.js';
import { UdpCounts, type UdpTotals } from '../../../src/threads/shared/udp-counts.js';
import type { AssociationNote } from '../../../src/workers/connection/udp/records/association-note.js';
import { FlowBook } from '../../../src/workers/connection/udp/records/flow-book.js';
import type { FlowRecords } from '../../../src/workers/connection/udp/records/flow-records.js';
import { UdpTally } from '../../../src/workers/connection/udp/tally.js';

const LINES = ['direct', 'proxy'];
const LISTENERS = ['socks', 'other'];

interface GivenFlow {
  readonly association?: AssociationNote;
  readonly target?: string;
  readonly kind?: FlowKind;
  readonly line?: number;
  readonly ip?: string;
  readonly sni?: string;
}

export class FlowsWorld {
  readonly clock = { now: 5000.25 };
  readonly counts = new UdpCounts(UdpCounts.create());
  readonly names = {
    lineName: (line: number): string => LINES[line],
    listenerName: (listener: number): string => LISTENERS[listener],
  };
  /** What was counted for lines and users. */
  readonly carried: (readonly [line: number, user: string | undefined, up: number, down: number])[] = [];
  /** Lines of the log. */
  readonly logged: Record<string, unknown>[] = [];
  isDebugging = false;
  /** Flows that an operator has closed. */
  readonly closed: number[] = [];
  readonly book: FlowBook;

  constructor({ live_max = 10, ended_max = 3, actor = 4 } = {}) {
    this.book = new FlowBook({
      ...{ actor, clock: this.clock, present: () => this.clock.now, ...this.names, live_max, ended_max },
      tally: new UdpTally(this.counts),
      carrying: { datagrams: (...counted) => void this.carried.push(counted) },
      log: {
        enabled: (level) => level === 'debug' && this.isDebugging,
        write: (_level, fields) => this.logged.push(fields),
      },
    });
  }

  get records(): FlowRecords {
    return this.book.records as FlowRecords;
  }

  get totals(): UdpTotals {
    return UdpCounts.sum([this.counts]);
  }

  later(time_ms: number): void {
    this.clock.now += time_ms;
  }

  open({
    association = associationOf(),
    target = '192.0.2.1:443',
    kind = 'other',
    line,
    ip,
    sni,
  }: GivenFlow = {}): number {
    let flow = -1;
    const closeByOperator = (): boolean => {
      this.closed.push(flow);
      this.book.ended(flow, 'closed-by-operator');
      return true;
    };
    flow = this.book.opened(association, targetOfText(target, 443)!, kind, { closeByOperator });
    if (line !== undefined) this.book.carried(flow, line, ip === undefined ? undefined : parseIp(ip)!);
    if (sni !== undefined) this.book.named(flow, sni);
    return flow;
  }

  end(flow: number, how: FlowEnding = 'idle'): void {
    this.book.ended(flow, how);
  }

  read(flow: number): FlowRecord {
    return this.records.reader.read(flow);
  }
}

export function associationOf(client = '10.0.0.1', user?: string, slot = 7): AssociationNote {
  return {
    ...{ slot, serial: 36 * 36, client: `${client}:5000`, clientIp: parseIp(client), listener: 0 },
    user: user === undefined ? undefined : { name: user, tag: undefined },
  };
}
