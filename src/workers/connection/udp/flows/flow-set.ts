// The flows of one association. It bounds their number, and sends nothing: to which flow an answer belongs, answers.ts knows.
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowEnding } from '../../../../protocol/udp/flow-record.js';
import { FlowTable } from '../../../../protocol/udp/flow-table.js';
import type { UdpOptions } from '../../../../protocol/udp-options.js';
import type { NoFlow, UdpLimits } from '../../../../threads/shared/udp-limits.js';
import type { Way } from '../ways/way.js';
import { Flow } from './flow.js';
import type { FlowOwner, FlowParts } from './flow-parts.js';

export interface FlowSetParts extends FlowParts {
  readonly options: {
    readonly udp: FlowParts['options']['udp'] & Pick<UdpOptions, 'association_flows_max'>;
  };
  readonly udpLimits: Pick<UdpLimits, 'openFlow' | 'flowEnded'>;
  /** A random integer of this process. */
  readonly seed: number;
}

/** An association of which more is known than a flow needs. */
export interface FlowSetOwner extends FlowOwner {
  /** Its control connection, by whose fd its flows are counted. */
  readonly client: { readonly fd: number };
  /** The bounds of client or gateway are reached. */
  exceeds(excess: NoFlow): void;
}

export class FlowSet {
  readonly #parts: FlowSetParts;
  readonly #owner: FlowSetOwner;
  readonly #table: FlowTable<Flow>;

  constructor(parts: FlowSetParts, owner: FlowSetOwner) {
    this.#parts = parts;
    this.#owner = owner;
    this.#table = new FlowTable(parts.seed);
  }

  find(bytes: Uint8Array, start: number, size: number): Flow | undefined {
    return this.#table.find(bytes, start, size);
  }

  /** A new flow, for which the longest silent one gives way where there are too many; undefined if there is no room. */
  add(target: Target, header: Uint8Array): Flow | undefined {
    if (this.#table.size >= this.#parts.options.udp.association_flows_max) this.#giveWay();
    if (!this.#hasRoom()) return undefined;
    const flow = new Flow(this.#parts, this.#owner, target, header);
    this.#table.add(flow);
    return flow;
  }

  #hasRoom(): boolean {
    const { udpLimits } = this.#parts;
    const { fd } = this.#owner.client;
    const excess = udpLimits.openFlow(fd);
    if (excess === undefined) return true;
    this.#owner.exceeds(excess);
    this.#giveWay();
    // What a network has beyond its share becomes less with each new flow.
    if (excess === 'share') this.#giveWay();
    return udpLimits.openFlow(fd, true) === undefined;
  }

  #giveWay(): void {
    this.#table.oldest?.end('gave-way');
  }

  moved(flow: Flow): void {
    this.#table.moved(flow);
  }

  ended(flow: Flow): void {
    this.#table.remove(flow);
    this.#parts.udpLimits.flowEnded(this.#owner.client.fd);
  }

  wayOpened(way: Way): void {
    for (const flow of this.#table.all()) flow.wayOpened(way);
  }

  wayFailed(way: Way, failure: Failure): void {
    for (const flow of this.#table.all()) flow.wayFailed(way, failure);
  }

  end(how: FlowEnding): void {
    for (const flow of this.#table.all()) flow.end(how);
  }
}
