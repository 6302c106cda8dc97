// One way, address and port to which several flows of an association send: two names of one server, or a name and its address. Whose
// answer a datagram is nothing tells in general. A flow in a contest knows its own; all else is taken for an answer to the flow that
// has sent there last, and shows all of them that their line works.
import type { Batch } from '../../../../linux/udp/datagrams.js';
import { sizeAt } from '../../../../linux/udp/sizes.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowPeer, PeerOfSeveral } from './peer.js';

export class SharedPeer implements PeerOfSeveral {
  #peers: readonly FlowPeer[];

  constructor(first: FlowPeer) {
    this.#peers = [first];
    first.shared = this;
  }

  get peers(): readonly FlowPeer[] {
    return this.#peers;
  }

  add(peer: FlowPeer): void {
    this.#peers = [...this.#peers, peer];
    peer.shared = this;
  }

  remove(peer: FlowPeer): void {
    this.#peers = this.#peers.filter((one) => one !== peer);
    if (this.#peers.length === 1) this.#peers[0].shared = undefined;
  }

  came(batch: Batch): void {
    if (!this.#peers.some(({ flow }) => flow.contest !== undefined)) this.#give(this.#lastOf(this.#peers), batch);
    else for (let i = 0; i < batch.count; i += 1) this.#cameOne(datagramOf(batch, i));
  }

  #cameOne(batch: Batch): void {
    // What came before may have ended flows.
    if (this.#peers.length === 0) return;
    const settled = this.#peers.filter(({ flow }) => flow.contest === undefined);
    const own = this.#peers.find((peer) => claims(peer, batch));
    this.#give(own ?? this.#lastOf(settled.length > 0 ? settled : this.#peers), batch);
  }

  #lastOf(peers: readonly FlowPeer[]): FlowPeer {
    return peers.reduce((last, peer) => (peer.flow.asked >= last.flow.asked ? peer : last));
  }

  #give(to: FlowPeer, batch: Batch): void {
    // Of a flow whose peer has answered others before nobody knows how long its own answer took.
    const isKnown = this.#peers.some(({ flow }) => flow.isAnswered);
    for (const { flow, route } of this.#peers) if (flow !== to.flow || isKnown) flow.heard(route);
    to.flow.came(to, batch);
  }

  bounced(failure: Failure): void {
    for (const { flow, route } of this.#peers) flow.bounced(route, failure);
  }
}

/** Whether a flow in a contest knows the first datagram of a batch as its own. */
export function claims(
  { flow, route }: Pick<FlowPeer, 'flow' | 'route'>,
  { memory, offset, count, stride, last }: Batch,
): boolean {
  return flow.contest?.claims(route, memory.bytes, offset, offset + sizeAt(0, count, stride, last)) === true;
}

/** One datagram of a batch, as a batch. */
function datagramOf(batch: Batch, index: number): Batch {
  const { offset, count, stride, last } = batch;
  const size = sizeAt(index, count, stride, last);
  return { ...batch, offset: offset + index * stride, count: 1, stride: size, last: size };
}
