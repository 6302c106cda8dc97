// Where flows are noted, counted and logged: what others call of the records. Nothing is allocated before the first flow.
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowEnding, FlowKind, FlowRecord } from '../../../../protocol/udp/flow-record.js';
import type { RemoteLog } from '../../../../threads/log.js';
import type { AssociationNote } from './association-note.js';
import { FlowRecords } from './flow-records.js';
import type { FlowRecordsParts, LiveFlow, NotedFlowAttempt } from './noted.js';

/** Where flows are counted: see tally.ts. */
interface Tally {
  flowOpened(kind: FlowKind): void;
  quic(): void;
  cutAll(): void;
  flowEnded(how: FlowEnding): void;
  up(datagrams: number, bytes: number): void;
  down(datagrams: number, bytes: number): void;
}

/** Where it is counted what lines and users carry: see ../../carrying.ts. */
interface Carrying {
  datagrams(line: number, user: string | undefined, up: number, down: number): void;
}

interface FlowBookParts extends FlowRecordsParts {
  readonly tally: Tally;
  readonly carrying: Carrying;
  readonly log: Pick<RemoteLog, 'enabled' | 'write'>;
}

/** Takes the record of each flow that has ended. */
interface Access {
  flowEnded(record: FlowRecord): void;
}

export class FlowBook {
  readonly #parts: FlowBookParts;
  #records: FlowRecords | undefined;
  /** Undefined where there is no access log. */
  access: Access | undefined;

  constructor(parts: FlowBookParts) {
    this.#parts = parts;
  }

  /** Undefined before the first flow. */
  get records(): FlowRecords | undefined {
    return this.#records;
  }

  /** Returns the number of the flow here until it ends. `kind`: by its port. */
  opened(association: AssociationNote, target: Target, kind: FlowKind, live: LiveFlow): number {
    this.#records ??= new FlowRecords(this.#parts);
    this.#parts.tally.flowOpened(kind);
    return this.#records.open(association, target, kind, live);
  }

  /** Datagrams of the client were sent. `bytes`: of all of them together, without headers. */
  up(flow: number, datagrams: number, bytes: number): void {
    this.#parts.tally.up(datagrams, bytes);
    this.#records?.up(flow, datagrams, bytes);
    this.#count(flow, bytes, 0);
  }

  /** Answers were sent to the client. */
  down(flow: number, datagrams: number, bytes: number): void {
    this.#parts.tally.down(datagrams, bytes);
    this.#records?.down(flow, datagrams, bytes);
    this.#count(flow, 0, bytes);
  }

  /** What goes over several lines before one of them carries the flow is counted for that one, when it does. */
  #count(flow: number, up: number, down: number): void {
    const line = this.#records?.lineOf(flow);
    if (line !== undefined && up + down > 0)
      this.#parts.carrying.datagrams(line, this.#records?.userOf(flow), up, down);
  }

  /** A line carries it from here on. `ip`: what is sent to; undefined where the proxy resolves the name. */
  carried(flow: number, line: number, ip: Uint8Array | undefined): void {
    const records = this.#records;
    if (records === undefined) return;
    const isFirst = records.lineOf(flow) === undefined;
    records.carried(flow, line, ip);
    const { reader } = records;
    if (isFirst && reader.has(flow, 'live')) this.#count(flow, reader.bytes(flow, 'up'), reader.bytes(flow, 'down'));
  }

  /** It has turned out to be one of QUIC. So do flows with a name, or with a race. */
  quic(flow: number): void {
    if (this.#records?.quic(flow)) this.#parts.tally.quic();
  }

  /** The name in the ClientHello of a QUIC flow. */
  named(flow: number, sni: string): void {
    this.quic(flow);
    this.#records?.named(flow, sni);
  }

  /** `attempts` of its race: see `FlowRecords.raced`. */
  raced(flow: number, attempts: readonly NotedFlowAttempt[]): void {
    this.quic(flow);
    this.#records?.raced(flow, attempts);
  }

  /** Why nothing carries it. It has not ended by that. */
  failed(flow: number, failure: Failure): void {
    this.#records?.failed(flow, failure);
  }

  ended(flow: number, how: FlowEnding): void {
    const records = this.#records;
    if (records === undefined) return;
    const { tally, log } = this.#parts;
    tally.flowEnded(how);
    const isDebugging = log.enabled('debug');
    records.ended(flow, how);
    if ((!isDebugging && this.access === undefined) || !records.reader.has(flow, 'ended')) return;
    const record = records.reader.read(flow);
    if (isDebugging) log.write('debug', { ...record }, 'flow');
    this.access?.flowEnded(record);
  }

  /** The actor ends: what is live is cut. Called when its engine has closed all sockets, so that nothing ends twice. */
  cutAll(): void {
    const reader = this.#records?.reader;
    for (let flow = 0; flow < (reader?.end ?? 0); flow += 1) if (reader?.has(flow, 'live')) this.ended(flow, 'cut');
    this.#parts.tally.cutAll();
  }
}
