// Flows of one association together, with fakes of all that they need, and their answers.
import assert from 'node:assert/strict';
import type { Batch } from '../../../../../src/linux/udp/datagrams.js';
import { type Target, targetOfIp, targetOfName } from '../../../../../src/protocol/address/target.js';
import { headerOfIp, headerOfName } from '../../../../../src/protocol/udp/header.js';
import type { UdpFilter } from '../../../../../src/protocol/udp-options.js';
import { Answers } from '../../../../../src/workers/connection/udp/flows/answers.js';
import type { Contests } from '../../../../../src/workers/connection/udp/flows/contest.js';
import type { Flow } from '../../../../../src/workers/connection/udp/flows/flow.js';
import { FlowSet } from '../../../../../src/workers/connection/udp/flows/flow-set.js';
import type { Way } from '../../../../../src/workers/connection/udp/ways/way.js';
import { FakeWay, FlowWorld, IP, lineOf, outgoing } from './flow-world.js';

/** Flows that go over one way. `room`: flows that the gateway has room for. */
export class SetWorld extends FlowWorld {
  readonly flows: FlowSet;
  readonly answers: Answers;
  readonly way: FakeWay;
  readonly client = { fd: 31 };
  readonly excesses: string[] = [];
  room: number;
  isOverShare = false;

  constructor(filter: UdpFilter = 'endpoint', { room = 100, association = 100, isDirect = true } = {}) {
    super();
    this.room = room;
    this.way = new FakeWay(lineOf(1, isDirect));
    const udpLimits = {
      openFlow: (fd: number, hasMadeRoom = false) => {
        assert.equal(fd, this.client.fd);
        if (this.isOverShare && !hasMadeRoom) return 'share' as const;
        if (this.room === 0) return 'gateway' as const;
        this.room -= 1;
        return undefined;
      },
      flowEnded: (fd: number) => {
        assert.equal(fd, this.client.fd);
        this.room += 1;
      },
    };
    const udp = { ...this.options.udp, association_flows_max: association, filter };
    const contests: Contests = {
      of: (...asked) => this.contests.of(...asked),
      inspection: (...asked) => this.contests.inspection(...asked),
    };
    this.flows = new FlowSet({ ...this.parts, contests, options: { udp }, udpLimits, seed: 5 }, this);
    this.answers = new Answers({ options: { udp }, seed: 5 });
    // Names that are resolved here are all the same address.
    const ip = () => this.asked?.ip ?? (isDirect ? IP : undefined);
    this.begin = () => this.outcome.chosen([{ line: this.way.line, ip: ip() }], false);
  }

  asked: Target | undefined;

  exceeds(excess: string): void {
    this.excesses.push(excess);
  }

  add(target: Target, header: Uint8Array): Flow | undefined {
    this.asked = target;
    const flow = this.flows.add(target, header);
    flow?.up(outgoing('x'));
    return flow;
  }

  addIp(ip: Uint8Array, port: number): Flow | undefined {
    return this.add(targetOfIp(ip, port), headerOfIp(ip, port));
  }

  addName(name: string, port: number): Flow | undefined {
    const target = targetOfName(name, port);
    assert.ok(target);
    return this.add(target, headerOfName(name, port));
  }

  override open(...[flow, candidate]: Parameters<FlowWorld['open']>): ReturnType<FlowWorld['open']> {
    const route = { candidate, way: this.way, address: this.way.addressOf() };
    this.listening.add(route);
    this.answers.listen(flow, route);
    return route;
  }

  override close(route: Parameters<FlowWorld['close']>[0]): void {
    super.close(route);
    this.answers.unlisten(route);
  }

  override ended(flow: Flow): void {
    super.ended(flow);
    this.flows.ended(flow);
  }

  override moved(flow: Flow): void {
    this.flows.moved(flow);
    this.took = flow;
  }

  /** The flow that has got what came from there. */
  came(batch: Batch, way: Way = this.way): Flow | undefined {
    this.took = undefined;
    this.header = undefined;
    this.answers.came(way, batch);
    return this.took;
  }

  took: Flow | undefined;
  header: Uint8Array | undefined;

  override pass(header: Uint8Array, batch: Batch): void {
    super.pass(header, batch);
    this.header = header;
  }
}
