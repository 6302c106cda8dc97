// Ways through proxies on a real engine, whose turns alternate with those of Node's loop, where the proxies of the test are.
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mapMemory, unmap } from '../../../../../src/linux/memory.js';
import type { Batch, Outgoing } from '../../../../../src/linux/udp/datagrams.js';
import { formatEndpoint, formatIp, parseIp } from '../../../../../src/protocol/address/address.js';
import { type Target, targetOfText } from '../../../../../src/protocol/address/target.js';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import { type LineEvent, LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import { type Hop, lineOf } from '../../../../../src/protocol/lines/line.js';
import { type Failure, failureOf } from '../../../../../src/protocol/race/failure.js';
import type { Drop } from '../../../../../src/protocol/udp/drop.js';
import { ipOf } from '../../../../../src/protocol/udp/endpoint.js';
import { type DialLine, dialLines } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import { Links } from '../../../../../src/workers/connection/shared/dialling/links.js';
import type { NameOutcome } from '../../../../../src/workers/connection/shared/replicas/name-outcome.js';
import { AskedProxies } from '../../../../../src/workers/connection/udp/ways/asked-proxies.js';
import { openProxiedWay, type ProxiedWayParts } from '../../../../../src/workers/connection/udp/ways/proxied-way.js';
import { Unheard } from '../../../../../src/workers/connection/udp/ways/unheard.js';
import type { Way, WayOutcome } from '../../../../../src/workers/connection/udp/ways/way.js';
import { nothingLeft } from '../../../../helpers/nothing-left.js';
import { type EngineKind, World } from '../../../../linux/world.js';

export const TIMEOUT_MS = 400;
const PATIENCE_MS = 10_000;
const MEMORY = 65_536;

export interface WayOptions {
  readonly depth?: number;
  /** How many attempts may be under way. */
  readonly attempts_max?: number;
  readonly fds_max?: number;
  /** What is known of the name of the first proxy; `heard` without any is told later, by `resolve`. */
  readonly addresses?: readonly string[];
  /** The interface by which the line leaves. */
  readonly device?: string;
  /** Addresses that may not be dialled. */
  readonly denied?: readonly string[];
}

export function at(text: string): Target {
  const target = targetOfText(text, 0);
  assert.ok(target !== undefined, text);
  return target;
}

export const hopAt = (port: number, host = '127.0.0.1', password?: string): Hop => ({
  ...{ kind: 'socks5', host, port, username: password && 'user', password },
});

/** One line, and the ways that a test opens of it. */
export class WayWorld implements WayOutcome {
  readonly engine: World;
  readonly deadlines: DeadlineWheel;
  readonly line: DialLine;
  readonly unheard = new Unheard();
  readonly client = { fd: 31 };
  readonly parts: ProxiedWayParts;
  readonly links: Links;
  /** Whether the line relays, as it was found out. */
  relays: boolean | 'refused' | undefined;
  /** What else asking came to, as `CAUSE asked` or `CAUSE not reached`; events of the line; and what the operator is told. */
  readonly failedAsking: string[] = [];
  readonly events: LineEvent['kind'][] = [];
  readonly notices: string[] = [];
  readonly health = new LineHealth(1);
  /** Descriptors of ways that are counted. */
  fds = 0;
  /** Attempts under way, and for whom there is no room. */
  attempts = 0;
  readonly waiting = new Set<{ roomMade(): void }>();
  readonly ways: Way[] = [];
  opens = 0;
  failures: Failure[] = [];
  /** What has come, as `TEXT of HOST:PORT`. */
  readonly heard: string[] = [];
  readonly dropped: Drop[] = [];
  attempts_max: number;
  readonly #options: WayOptions;
  readonly #memory = mapMemory(MEMORY);
  #hear: ((outcome: NameOutcome, more: boolean) => void) | undefined;

  constructor(kind: EngineKind, hops: readonly Hop[], options: WayOptions = {}) {
    const world = new World(kind);
    this.engine = world;
    this.#options = options;
    this.attempts_max = options.attempts_max ?? 100;
    this.deadlines = new DeadlineWheel(world.engine.now, 10);
    const source = { ip: undefined, port: 0, ...(options.device === undefined ? {} : { device: options.device }) };
    [this.line] = dialLines([lineOf(0, 'office', source, hops)]);
    this.links = new Links(this.health);
    const denied = options.denied ?? [];
    this.parts = {
      ...{ engine: world.engine, deadlines: this.deadlines, trace: undefined, unheard: this.unheard },
      options: {
        tcp_keepalive_s: 60,
        idle_timeout_ms: 0,
        tcp_user_timeout_ms: 0,
        race: { connect_timeout_ms: TIMEOUT_MS },
      },
      circles: { depthToTell: (depth, crowd) => (depth > 0 || (crowd?.hopeless ?? 0) > 8 ? depth + 1 : 0) },
      links: this.links,
      budget: {
        hasRoom: () => this.attempts < this.attempts_max,
        take: () => {
          this.attempts += 1;
        },
        give: () => {
          this.attempts -= 1;
          for (const one of [...this.waiting]) if (this.waiting.delete(one)) one.roomMade();
        },
        wait: (one) => this.waiting.add(one),
        forget: (one) => this.waiting.delete(one),
      },
      names: {
        lookup: (_name, _now, hear) => {
          this.#hear = hear;
          return options.addresses && this.#found(options.addresses);
        },
        forget: () => {
          this.#hear = undefined;
        },
      },
      egress: {
        mayDial: (_line, ip) => (denied.includes(formatIp(ip)) ? failureOf('loop', 'office') : { code: 'allowed' }),
      },
      udpLimits: {
        openWay: (fd, fds) => {
          assert.equal(fd, this.client.fd);
          if (this.fds + fds > (options.fds_max ?? 100)) return false;
          this.fds += fds;
          return true;
        },
        wayClosed: (fd, fds) => {
          assert.equal(fd, this.client.fd);
          this.fds -= fds;
        },
      },
      proxies: new AskedProxies({
        ...{ engine: world.engine, health: this.health },
        routes: { tell: (event) => void this.events.push(event.kind) },
        udpLines: {
          setRelays: (_line, doesRelay) => {
            this.relays = doesRelay;
          },
          refused: () => {
            this.relays = 'refused';
          },
          failed: (_line, cause, wasAsked) =>
            void this.failedAsking.push(`${cause} ${wasAsked ? 'asked' : 'not reached'}`),
        },
        notices: { tell: ({ message }) => void this.notices.push(message) },
      }),
      udpTally: { dropped: (cause, count = 1) => this.dropped.push(...Array<Drop>(count).fill(cause)) },
    };
  }

  #found(addresses: readonly string[]): NameOutcome {
    return { kind: 'found', proof: 'all', ips: addresses.map((text) => parseIp(text) as Uint8Array) };
  }

  /** Whether a name is being looked up. */
  get isLookingUp(): boolean {
    return this.#hear !== undefined;
  }

  resolve(...addresses: string[]): void {
    this.#hear?.(this.#found(addresses), false);
  }

  unresolved(): void {
    this.#hear?.({ kind: 'failed', failure: failureOf('no-such-name'), proof: 'all' }, false);
  }

  /** Begins to open a way; a failure at once is among `failures`, too. */
  begin(): Way | undefined {
    const way = openProxiedWay(this.parts, this.line, this.#options.depth ?? 0, this);
    if ('code' in way) {
      this.failures.push(way);
      return undefined;
    }
    assert.deepEqual([this.opens, this.failures], [this.ways.length, []], 'nothing is told within a call');
    this.ways.push(way);
    return way;
  }

  /** Opens a way, and waits until it is open. */
  async open(): Promise<Way> {
    const way = this.begin();
    assert.ok(way !== undefined, JSON.stringify(this.failures));
    await this.until('it is open', () => way.state !== 'opening');
    assert.equal(way.state, 'open', JSON.stringify(this.failures));
    return way;
  }

  /** Opens a way that fails, and gives the failure. */
  async fails(): Promise<Failure> {
    this.begin();
    await this.until('it has failed', () => this.failures.length > 0);
    assert.ok(this.ways.every(({ state }) => state === 'failed'));
    return this.failures[0];
  }

  send(way: Way, to: string, ...texts: string[]): void {
    const address = way.addressOf(at(to), undefined);
    assert.ok(!('code' in address));
    const [text, ...others] = texts;
    way.sendCopy(address, Buffer.from(text), 0);
    if (others.length === 0) return;
    const size = Buffer.byteLength(others[0]);
    for (const [place, one] of others.entries()) this.#memory.bytes.set(Buffer.from(one), place * size);
    const out: Outgoing = {
      ...{ to: undefined, head: undefined, memory: this.#memory, offset: 0, count: others.length, stride: size, size },
      ...{ last: Buffer.byteLength(others[others.length - 1]), ecn: 0, mayFragment: false },
    };
    way.send(address, out);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!holds()) {
      assert.ok(performance.now() < end, `not within ${PATIENCE_MS} ms: ${what}; ${JSON.stringify(this.failures)}`);
      this.engine.engine.turn(1);
      this.deadlines.expire(this.engine.engine.now);
      await nextTurn();
    }
  }

  opened(): void {
    this.opens += 1;
  }

  failed(_way: Way, failure: Failure): void {
    this.failures.push(failure);
  }

  came(_way: Way, { memory, offset, count, stride, last, from }: Batch): void {
    for (let place = 0; place < count; place += 1) {
      const start = offset + place * stride;
      const text = Buffer.from(memory.bytes.subarray(start, start + (place === count - 1 ? last : stride))).toString();
      this.heard.push(`${text} of ${formatEndpoint(formatIp(ipOf(from)), from.port)}`);
    }
  }

  bounced(): void {
    assert.fail('proxies tell of no ICMP error');
  }

  /** `peers` are what the ways were connected to, in this process. */
  async end(peers: readonly { close(): Promise<void> }[]): Promise<void> {
    for (const way of this.ways) way.close();
    this.engine.settle();
    this.engine.destroy();
    for (const peer of peers) await peer.close();
    unmap(this.#memory);
    await nothingLeft(/UDP|TCP|Timeout/);
    this.engine.end();
    assert.deepEqual([this.fds, this.attempts, this.waiting.size, this.deadlines.size], [0, 0, 0, 0]);
    assert.deepEqual([this.isLookingUp, this.unheard.size], [false, 0]);
  }
}
