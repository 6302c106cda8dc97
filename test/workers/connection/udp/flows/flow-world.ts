// A flow without sockets: its ways note what they are sent, its choice is the test's, and its clock is set by hand.
import assert from 'node:assert/strict';
import { type Memory, mapMemory } from '../../../../../src/linux/memory.js';
import type { Batch, Outgoing } from '../../../../../src/linux/udp/datagrams.js';
import { targetOfIp } from '../../../../../src/protocol/address/target.js';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import type { Failure } from '../../../../../src/protocol/race/failure.js';
import type { Drop } from '../../../../../src/protocol/udp/drop.js';
import { endpointOf } from '../../../../../src/protocol/udp/endpoint.js';
import { headerOfIp } from '../../../../../src/protocol/udp/header.js';
import type { DialLine } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import type {
  ChoiceOutcome,
  FlowCandidate,
  FlowChoice,
} from '../../../../../src/workers/connection/udp/choice/choice.js';
import type { Contests } from '../../../../../src/workers/connection/udp/flows/contest.js';
import { Flow } from '../../../../../src/workers/connection/udp/flows/flow.js';
import type { FlowOwner, FlowParts } from '../../../../../src/workers/connection/udp/flows/flow-parts.js';
import { type FlowPeer, type PeeredFlow, peerOf } from '../../../../../src/workers/connection/udp/flows/peer.js';
import { QueueRoom } from '../../../../../src/workers/connection/udp/flows/queue.js';
import type { Route } from '../../../../../src/workers/connection/udp/flows/route.js';
import type { Way, WayAddress } from '../../../../../src/workers/connection/udp/ways/way.js';

export const IP = Uint8Array.of(192, 0, 2, 7);
const PLACE = 64;

export const lineOf = (number: number, isDirect = true): DialLine => ({
  ...{ number, name: `line ${number}`, hops: [], isDirect, isTunnel: false, hasLink: false, isAuto: false },
  ...{ dials: 'destination', proxyIp: undefined },
  ...{ sourceIp: undefined, sourcePort: 0, device: undefined, mark: 0 },
});

const memory: Memory = mapMemory(65_536);

/** Texts as they stand in memory one behind the other; all but the last are equally long. */
function placed(texts: readonly string[]): {
  memory: Memory;
  offset: number;
  count: number;
  stride: number;
  last: number;
} {
  const stride = texts.length === 1 ? 0 : (texts[0]?.length ?? 0);
  for (const [i, text] of texts.entries()) memory.bytes.set(Buffer.from(text), PLACE + i * stride);
  return { memory, offset: PLACE, count: texts.length, stride, last: texts.at(-1)?.length ?? 0 };
}

export function outgoing(...texts: string[]): Outgoing {
  const place = placed(texts);
  return { ...place, to: undefined, head: undefined, size: place.stride, ecn: 0, mayFragment: false };
}

export function batchOf(ip: Uint8Array, port: number, ...texts: string[]): Batch {
  const place = placed(texts);
  const stride = place.count === 1 ? place.last : place.stride;
  return { ...place, stride, from: endpointOf(ip, port), ecn: 0, wasFragmented: false };
}

export function textsOf({ memory: from, offset, count, stride, size, last }: Omit<Outgoing, 'to' | 'head'>): string[] {
  return Array.from({ length: count }, (_, i) => {
    const start = offset + i * stride;
    return Buffer.from(from.bytes.slice(start, start + (i === count - 1 ? last : size))).toString();
  });
}

export class FakeWay implements Way {
  readonly line: DialLine;
  state: Way['state'];
  readonly sent: string[] = [];
  isClosed = false;

  constructor(line: DialLine, state: Way['state'] = 'open') {
    this.line = line;
    this.state = state;
  }

  addressOf(): WayAddress {
    return { to: undefined, head: undefined };
  }

  send(_address: WayAddress, out: Outgoing): void {
    assert.equal(this.state, 'open');
    this.sent.push(...textsOf(out));
  }

  sendCopy(_address: WayAddress, bytes: Uint8Array): void {
    assert.equal(this.state, 'open');
    this.sent.push(Buffer.from(bytes).toString());
  }

  close(): void {
    this.isClosed = true;
  }
}

export class FlowWorld implements FlowOwner {
  readonly asker = { connection: 1, user: undefined, depth: 0 };
  readonly note = { slot: 1, serial: 1, client: 'c', clientIp: undefined, listener: 0, user: undefined };
  readonly clock = { now: 1000 };
  readonly deadlines = new DeadlineWheel(1000);
  readonly queues = new QueueRoom(100_000);
  readonly options = { udp: { idle_s: 60, dns_idle_s: 10, queue_max: 3 } };
  /** What was told: of the flow book, the choice and the client. */
  readonly told: string[] = [];
  readonly dropped: [Drop, number][] = [];
  readonly ways: FakeWay[] = [];
  readonly listening = new Set<Route>();
  /** Lines whose ways cannot be opened, and those whose ways open later. */
  readonly closed = new Map<number, Failure>();
  readonly slow = new Set<number>();
  contests: Contests = { of: () => undefined, inspection: () => ({ isBlocked: () => false }) };
  outcome!: ChoiceOutcome;
  endings = 0;
  /** What the choice does when it is asked. */
  begin: () => void = () => {};

  get parts(): FlowParts {
    return {
      ...{ engine: this.clock, deadlines: this.deadlines, options: this.options, queues: this.queues },
      udpTally: { dropped: (cause: Drop, count: number) => void (count > 0 && this.dropped.push([cause, count])) },
      flowBook: {
        opened: () => 5,
        up: (_: number, datagrams: number, bytes: number) => void this.told.push(`up ${datagrams} ${bytes}`),
        down: (_: number, datagrams: number, bytes: number) => void this.told.push(`down ${datagrams} ${bytes}`),
        carried: (_: number, line: number) => void this.told.push(`carried ${line}`),
        failed: (_: number, { code }: Failure) => void this.told.push(`fails ${code}`),
        ended: (_: number, how: string) => void this.told.push(`ends ${how}`),
      },
      contests: this.contests,
      choose: (_: unknown, __: unknown, outcome: ChoiceOutcome): FlowChoice => {
        this.outcome = outcome;
        return {
          begin: () => this.begin(),
          asks: () => {},
          answersWithin: () => 100,
          answered: ({ line }, after_ms) => void this.told.push(`answered ${line.number} ${after_ms}`),
          failed: ({ line }, { code }, isAlone = false) =>
            void this.told.push(`failed ${line.number} ${code}${isAlone ? ' alone' : ''}`),
          close: () => void this.told.push('choice closed'),
        };
      },
    };
  }

  newFlow(port = 443, ip = IP): Flow {
    return new Flow(this.parts, this, targetOfIp(ip, port), headerOfIp(ip, port));
  }

  /** Candidates over direct lines with these numbers. */
  chosen(...lines: number[]): void {
    this.outcome.chosen(
      lines.map((line) => ({ line: lineOf(line), ip: IP })),
      false,
    );
  }

  open(_flow: PeeredFlow, candidate: FlowCandidate): Route | Failure {
    const { line } = candidate;
    const failure = this.closed.get(line.number);
    if (failure !== undefined) return failure;
    const way = new FakeWay(line, this.slow.has(line.number) ? 'opening' : 'open');
    this.ways.push(way);
    const route = { candidate, way, address: way.addressOf() };
    this.listening.add(route);
    return route;
  }

  close(route: Route): void {
    assert.ok(this.listening.delete(route), 'closed twice');
  }

  pass(_header: Uint8Array, batch: Batch): void {
    this.told.push(`to client ${textsOf({ ...batch, size: batch.stride, mayFragment: false }).join()}`);
  }

  passCopy(_header: Uint8Array, bytes: Uint8Array): void {
    this.told.push(`to client ${Buffer.from(bytes)}`);
  }

  moved(_flow: Flow): void {}

  ended(_flow: Flow): void {
    this.endings += 1;
  }

  /** An answer over a line. */
  answer(flow: Flow, line: number, text: string): void {
    flow.came(this.peerAt(flow, line), batchOf(IP, 443, text));
  }

  peerAt(flow: Flow, line: number): FlowPeer {
    return peerOf(flow, this.routeAt(line), IP, flow.target.port);
  }

  routeAt(line: number): Route {
    const route = [...this.listening].find(({ candidate }) => candidate.line.number === line);
    assert.ok(route, `line ${line} is not listened to`);
    return route;
  }

  sentOver(line: number): string[] {
    return this.ways.filter((way) => way.line.number === line).flatMap(({ sent }) => sent);
  }

  at(now: number): void {
    this.clock.now = now;
    this.deadlines.expire(now);
  }

  /** What was told since the last call. */
  news(): string[] {
    return this.told.splice(0);
  }
}
