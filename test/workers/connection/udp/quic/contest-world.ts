// The contest of one QUIC flow without sockets: a flow that notes what it is told to do, candidates whose ways open when the test says
// so, and a clock of the test's own.

import { mapMemory } from '../../../../../src/linux/memory.js';
import type { Batch } from '../../../../../src/linux/udp/datagrams.js';
import { targetOfIp } from '../../../../../src/protocol/address/target.js';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import { lineOf } from '../../../../../src/protocol/lines/line.js';
import { type Failure, failureOf } from '../../../../../src/protocol/race/failure.js';
import { endpointOf } from '../../../../../src/protocol/udp/endpoint.js';
import { dialLines } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import type { FlowCandidate } from '../../../../../src/workers/connection/udp/choice/choice.js';
import type { ContestedFlow } from '../../../../../src/workers/connection/udp/flows/contest.js';
import { QueueRoom } from '../../../../../src/workers/connection/udp/flows/queue.js';
import type { Route } from '../../../../../src/workers/connection/udp/flows/route.js';
import { QuicContest, type QuicContestParts } from '../../../../../src/workers/connection/udp/quic/quic-contest.js';

const memory = mapMemory(65_536);

const TARGET = targetOfIp(Uint8Array.of(192, 0, 2, 1), 443);
const LATE_MS = 100;

type Label = 'hello' | 'first half' | 'second half' | 'again' | 'more' | 'early data';

export interface ContestParts {
  readonly lines?: number;
  /** Lines whose ways the test opens. */
  readonly opening?: readonly number[];
  /** Lines that cannot be opened. */
  readonly shut?: readonly number[];
  /** What rules say of a server name. */
  readonly allowed?: QuicContestParts['allowed'];
  readonly more?: boolean;
}

/** Numbers lines 0, 1 … in the order of preference, each late after 100 ms. */
export class ContestWorld {
  /** What the flow was told to do, as in `0 < hello`: the datagram went out over line 0. */
  readonly done: string[] = [];
  now = 0;
  readonly queues = new QueueRoom(1 << 20);
  readonly counts = { raced: 0, answered: [] as [number, boolean][], forged: 0, dropped: 0 };
  names: string[] = [];
  /** How long the answers took that have settled it. */
  readonly times: (number | undefined)[] = [];
  results: () => (string | undefined)[] = () => [];
  readonly contest: QuicContest;
  readonly candidates: readonly FlowCandidate[];
  readonly #ticks = new DeadlineWheel(0, 1);
  readonly #routes: Route[] = [];
  readonly #labels = new Map<string, string>();
  readonly #states: ('opening' | 'open' | 'failed')[];
  readonly #parts: ContestParts;

  constructor(parts: ContestParts = {}) {
    this.#parts = parts;
    const { lines = 2, opening = [], allowed, more = false } = parts;
    const all = dialLines(
      Array.from({ length: lines }, (_, number) => lineOf(number, `line ${number}`, { ip: undefined, port: 0 }, [])),
    );
    this.#states = all.map(({ number }) => (opening.includes(number) ? 'opening' : 'open'));
    this.candidates = all.map((line) => ({ line, ip: TARGET.ip }));
    const world = this;
    const contestParts: QuicContestParts = {
      engine: {
        get now() {
          return world.now;
        },
      },
      ticks: this.#ticks,
      queues: this.queues,
      udpTally: {
        raced: () => (this.counts.raced += 1),
        answered: (ms, isRescue) => this.counts.answered.push([ms, isRescue]),
        forged: (count = 1) => (this.counts.forged += count),
        dropped: (_cause, count = 1) => (this.counts.dropped += count),
      },
      flowBook: {
        named: (_flow, name) => this.names.push(name),
        raced: (_flow, attempts) => {
          this.results = () => attempts.map(({ result }) => result);
        },
      },
      allowed: allowed ?? (() => ({ code: 'allowed', lines: all.map(({ number }) => number) })),
    };
    this.contest = new QuicContest(contestParts, this.#flow(), { connection: 0, user: undefined, depth: 0 });
    this.contest.joined(this.candidates, more);
  }

  #flow(): ContestedFlow {
    const lineOfRoute = ({ candidate }: Route): number => candidate.line.number;
    return {
      ...{ number: 0, target: TARGET },
      choice: {
        answersWithin: () => LATE_MS,
        failed: ({ line }, { code }) => void this.done.push(`blame ${line.number}: ${code}`),
      },
      open: (candidate) => this.#open(candidate),
      sendCopy: (route, bytes) => void this.done.push(`${lineOfRoute(route)} < ${this.#labelOf(bytes)}`),
      settle: (route, after_ms, waiting) => {
        this.times.push(after_ms);
        this.done.push(`settled on ${lineOfRoute(route)}${after_ms === undefined ? ' without proof' : ''}`);
        for (const { bytes } of waiting) this.done.push(`${lineOfRoute(route)} < ${this.#labelOf(bytes)}`);
      },
      stay: (route, waiting) => {
        this.done.push(`stays on ${lineOfRoute(route)}`);
        for (const { bytes } of waiting) this.done.push(`${lineOfRoute(route)} < ${this.#labelOf(bytes)}`);
      },
      pass: ({ route }, batch) => {
        for (let i = 0; i < batch.count; i += 1) {
          const start = batch.offset + i * batch.stride;
          const size = i === batch.count - 1 ? batch.last : batch.stride;
          this.done.push(`${lineOfRoute(route)} > ${this.#labelOf(batch.memory.bytes.subarray(start, start + size))}`);
        }
      },
      passCopy: ({ route }, bytes) => void this.done.push(`${lineOfRoute(route)} > ${this.#labelOf(bytes)}`),
      unraced: (candidates, mayMove, waiting) => {
        const lines = candidates.map(({ line }) => line.number).join(', ');
        const what = waiting.map(({ bytes }) => this.#labelOf(bytes)).join(', ');
        this.done.push(`unraced over ${lines}${mayMove ? '' : ' for good'}: ${what}`);
        this.contest.close();
      },
      refused: ({ code }) => {
        this.done.push(`failed: ${code}`);
        this.contest.close();
      },
    };
  }

  #open(candidate: FlowCandidate): Route | Failure {
    const { number } = candidate.line;
    if (this.#parts.shut?.includes(number) === true) return failureOf('proxy-unreachable');
    const states = this.#states;
    const way = {
      line: candidate.line,
      get state() {
        return states[number];
      },
      addressOf: () => ({ to: undefined, head: undefined }),
      send: () => {},
      sendCopy: () => {},
      close: () => {},
    };
    const route: Route = { candidate, way, address: way.addressOf() };
    this.#routes[number] = route;
    return route;
  }

  #labelOf(bytes: Uint8Array): string {
    return this.#labels.get(Buffer.from(bytes).toString('latin1')) ?? `${bytes.length} unknown bytes`;
  }

  #name(bytes: Uint8Array, label: string): void {
    this.#labels.set(Buffer.from(bytes).toString('latin1'), label);
  }

  /** The client sends a datagram. */
  up(label: Label, bytes: Uint8Array): void {
    this.#name(bytes, label);
    this.contest.up(bytes, 0, bytes.length, 0);
  }

  /** Datagrams come over a line, all at once. */
  came(line: number, ...datagrams: readonly (readonly [label: string, bytes: Uint8Array])[]): void {
    const stride = Math.max(...datagrams.map(([, bytes]) => bytes.length));
    const last = (datagrams.at(-1) as [string, Uint8Array])[1].length;
    for (const [i, [label, bytes]] of datagrams.entries()) {
      memory.bytes.set(bytes, i * stride);
      this.#name(memory.bytes.slice(i * stride, i * stride + (i === datagrams.length - 1 ? last : stride)), label);
    }
    const route = this.#routes[line];
    const from = endpointOf(TARGET.ip as Uint8Array, TARGET.port);
    const batch: Batch = {
      memory,
      offset: 0,
      count: datagrams.length,
      stride,
      last,
      from,
      ecn: 0,
      wasFragmented: false,
    };
    const peer = { route, way: route.way, endpoint: from, header: new Uint8Array(10) };
    this.contest.came({ ...peer, flow: undefined as never, shared: undefined }, batch);
  }

  opens(line: number): void {
    this.#states[line] = 'open';
    this.contest.opened(this.#routes[line]);
  }

  bounces(line: number): void {
    this.contest.bounced(this.#routes[line], failureOf('refused', 'ECONNREFUSED'));
  }

  fails(line: number): void {
    this.#states[line] = 'failed';
    this.contest.failed(this.#routes[line], failureOf('proxy-unreachable'));
  }

  passes(ms: number): void {
    this.now += ms;
    this.#ticks.expire(this.now);
  }

  /** What was done since it was asked last. */
  take(): string[] {
    return this.done.splice(0);
  }

  /** Deadlines that are set. */
  get pending(): number {
    return this.#ticks.size;
  }
}
