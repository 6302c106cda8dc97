// An association on a real engine, over a direct line: its client and its destinations are sockets of the test. At the end every
// socket of it is closed.
import assert from 'node:assert/strict';
import { type Endpoint, packAddress } from '../../../../src/linux/addresses.js';
import { EAGAIN } from '../../../../src/linux/errno.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import type { Quiet } from '../../../../src/protocol/quiet/quiet.js';
import type { Failure } from '../../../../src/protocol/race/failure.js';
import type { Drop } from '../../../../src/protocol/udp/drop.js';
import { headerOfIp, readHeader } from '../../../../src/protocol/udp/header.js';
import type { UdpOptions } from '../../../../src/protocol/udp-options.js';
import type { RelayEnd } from '../../../../src/workers/connection/relay/relay-end.js';
import { type Associated, type AssociateParts, associate } from '../../../../src/workers/connection/udp/associate.js';
import type { FlowCandidate } from '../../../../src/workers/connection/udp/choice/choice.js';
import { QueueRoom } from '../../../../src/workers/connection/udp/flows/queue.js';
import { openDirectWay } from '../../../../src/workers/connection/udp/ways/direct-way.js';
import { connectedPair, IPV4, readNow } from '../../../linux/peers.js';
import { readFrom, sendTo, udpSocket } from '../../../linux/udp/peers.js';
import { Recorder, type World } from '../../../linux/world.js';
import { lineOf } from './flows/flow-world.js';

const OPTIONS: UdpOptions = {
  ...{ enabled: true, advertise: null, ports: null, filter: 'endpoint', idle_s: 60, dns_idle_s: 10 },
  ...{ associations_max: 10, client_associations_max: 10, flows_max: 1000, association_flows_max: 100 },
  ...{ queue_max: 32, queued_bytes_max: 100_000, way_fds_max: 100 },
};

type Peer = ReturnType<typeof udpSocket>;

export class AssociationWorld {
  readonly world: World;
  /** Of each cause how many. */
  readonly dropped: Partial<Record<Drop, number>> = {};
  readonly deadlines = new DeadlineWheel(0);
  readonly ended: RelayEnd[] = [];
  /** Flows, ways and associations that are counted. */
  readonly counts = { flows: 0, ways: 0, associations: 1 };
  flows_max = Number.POSITIVE_INFINITY;
  /** What was told of flows for which there is no room. */
  readonly exceeded: unknown[] = [];
  readonly parts: AssociateParts;
  readonly quiet: Quiet = { keepalive: false, idle_timeout_ms: Number.POSITIVE_INFINITY };
  /** The client's end of the control connection, and its address as the records have it. */
  readonly #near: number;
  readonly control: number;
  clientIp: Uint8Array | undefined = IPV4;

  constructor(world: World, options: Partial<UdpOptions> = {}, ip: Uint8Array = IPV4) {
    this.world = world;
    const { engine } = world;
    const { counts } = this;
    const queues = new QueueRoom(100_000);
    const udpLimits = {
      openFlow: (fd: number) => {
        assert.equal(fd, this.#near);
        if (counts.flows >= this.flows_max) return 'gateway' as const;
        counts.flows += 1;
        return undefined;
      },
      flowEnded: () => void Object.assign(counts, { flows: counts.flows - 1 }),
      openWay: (fd: number, fds: number) => {
        assert.equal(fd, this.#near);
        counts.ways += fds;
        return true;
      },
      wayClosed: (_fd: number, fds: number) => void Object.assign(counts, { ways: counts.ways - fds }),
      ended: () => void Object.assign(counts, { associations: counts.associations - 1 }),
    };
    const links = { begins: () => {}, ends: () => {}, whyOut: () => undefined, sourceFor: () => undefined };
    const dropped = (cause: Drop, count: number): void => {
      if (count > 0) this.dropped[cause] = (this.dropped[cause] ?? 0) + count;
    };
    const nothing = (): void => {};
    const udpTally = { dropped, associated: nothing, ended: nothing };
    const line = lineOf(0);
    this.parts = {
      ...{ engine, deadlines: this.deadlines, options: { udp: { ...OPTIONS, ...options } }, queues, seed: 7 },
      ...{ udpTally, udpLimits, contests: { of: () => undefined, inspection: () => ({ isBlocked: () => false }) } },
      limits: { flowExceeds: (excess, ip) => void this.exceeded.push([excess, ip]) },
      flowBook: { opened: () => 0, up: nothing, down: nothing, carried: nothing, failed: nothing, ended: nothing },
      records: {
        clientIp: () => this.clientIp,
        clientName: () => 'client',
        listenerOf: () => 0,
        reader: { serialOf: () => 1 },
      },
      ends: { relayed: (_, end) => void this.ended.push(end) },
      choose: (target, _, outcome) => ({
        begin: () => outcome.chosen([{ line, ip: target.ip } satisfies FlowCandidate], false),
        asks: () => {},
        answersWithin: () => 100,
        ...{ answered: nothing, failed: nothing, close: nothing },
      }),
      openWay: (of, ipLength, _, outcome) =>
        openDirectWay({ engine, links, udpLimits, udpTally }, of, ipLength, outcome),
    };
    const [near, control] = connectedPair(ip);
    this.#near = near;
    this.control = control;
    world.keep(control);
  }

  /** Asks for an association; `port`: the declared one. */
  ask(port = 0): Associated | Failure {
    const control = this.world.engine.adopt(this.#near, new Recorder());
    const made = associate(this.parts, { control, connection: 3, user: undefined, depth: 0, port, quiet: this.quiet });
    if (made.code !== 'associated') this.world.engine.close(control, 'graceful');
    return made;
  }

  /** An association that has begun, and where it takes datagrams. */
  begin(port = 0): { relay: Uint8Array; port: number } {
    const made = this.ask(port);
    if (made.code !== 'associated') assert.fail(made.code);
    made.association.start();
    return { relay: packAddress(made.ip, made.port), port: made.port };
  }

  peer(ip: Uint8Array = IPV4): Peer {
    const peer = udpSocket(ip);
    this.world.keep(peer.fd);
    return peer;
  }

  send(
    client: Peer,
    relay: Uint8Array,
    to: Peer | { local: { ip: Uint8Array; port: number } },
    ...texts: string[]
  ): void {
    const header = headerOfIp(to.local.ip, to.local.port);
    sendTo(client.fd, relay, ...texts.map((text) => Buffer.concat([header, Buffer.from(text)])));
  }

  /** What has come to a peer, and from where. */
  read(peer: Peer): ReturnType<typeof readFrom> {
    this.world.settle();
    return readFrom(peer.fd);
  }

  /** A datagram that has come to the client: who has sent it, and what. */
  answer(client: Peer): { readonly from: Endpoint; readonly text: string } {
    const bytes = Buffer.from(this.read(client).text, 'latin1');
    const size = readHeader(bytes, 0, bytes.length);
    return {
      from: { ip: new Uint8Array(bytes.subarray(4, size - 2)), port: bytes.readUInt16BE(size - 2) },
      text: bytes.toString('latin1', size),
    };
  }

  /** Nothing has come to a peer. */
  hasNothing(peer: Peer): void {
    this.world.settle();
    assert.equal(readNow(peer.fd), -EAGAIN);
  }
}
