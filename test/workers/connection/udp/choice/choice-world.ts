// Everything that the choice of a flow needs of its actor, of a configuration as an operator writes it: real rules, egress policy,
// tables and health of lines. Names are known, or answered by the test.
import { formatIp, parseIp } from '../../../../../src/protocol/address/address.js';
import { OwnListeners } from '../../../../../src/protocol/address/own-listeners.js';
import { type Target, targetOfText } from '../../../../../src/protocol/address/target.js';
import { EgressPolicy } from '../../../../../src/protocol/egress/policy.js';
import { LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import { LineTimes } from '../../../../../src/protocol/lines/health/times.js';
import { type Failure, failureOf } from '../../../../../src/protocol/race/failure.js';
import { compileRules } from '../../../../../src/protocol/rules/compile.js';
import { SilentFlows } from '../../../../../src/protocol/udp/silent-flows.js';
import type { Client } from '../../../../../src/protocol/users/client.js';
import type { User } from '../../../../../src/protocol/users/user.js';
import { UdpLines } from '../../../../../src/threads/shared/udp-lines.js';
import { type AllowedParts, allowedLines } from '../../../../../src/workers/connection/allowed-lines.js';
import { dialLines } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import { Egress } from '../../../../../src/workers/connection/shared/dialling/egress.js';
import { Links } from '../../../../../src/workers/connection/shared/dialling/links.js';
import { LineSteering } from '../../../../../src/workers/connection/shared/line-steering.js';
import type { NameOutcome } from '../../../../../src/workers/connection/shared/replicas/name-outcome.js';
import { RoutesReplica } from '../../../../../src/workers/connection/shared/replicas/routes.js';
import { RulesReplica } from '../../../../../src/workers/connection/shared/replicas/rules.js';
import type { Asker, FlowCandidate } from '../../../../../src/workers/connection/udp/choice/choice.js';
import { DestinationChoice } from '../../../../../src/workers/connection/udp/choice/flow-choice.js';
import type { FlowOutlookParts } from '../../../../../src/workers/connection/udp/choice/outlook.js';
import { loadJson, optionsOf } from '../../../../main/config/load-text.js';

type Waiter = (outcome: NameOutcome, more: boolean) => void;

export const ASKER: Asker = { connection: 0, user: undefined, depth: 0 };
export const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
export const found = (...ips: readonly string[]): NameOutcome => ({ kind: 'found', ips: ips.map(ip), proof: 'all' });
export const targetOf = (text: string): Target => targetOfText(text, 443) as Target;

/** Two direct lines and two proxies. */
export const FOUR_LINES = {
  upstream: [
    { name: 'one', type: 'direct', source_ip: '127.0.0.1' },
    { name: 'two', type: 'direct' },
    { name: 'socks', type: 'socks5', host: '198.51.100.80', port: 1080 },
    { name: 'web', type: 'http', host: '198.51.100.81', port: 8080 },
  ],
};

export class ChoiceWorld {
  readonly engine = { now: 1_000_000 };
  /** Names that are known at once, and who waits for others. */
  readonly known = new Map<string, NameOutcome>();
  readonly waiters = new Map<string, Set<Waiter>>();
  /** Names whose answer is followed by another one. */
  readonly followed = new Set<string>();
  readonly spent = new Set<string>();
  readonly bad = new Set<string>();
  readonly last = new Set<string>();
  client: Client = { ip: ip('192.0.2.200'), user: undefined, listener: 0 };
  readonly health: LineHealth;
  readonly routes: RoutesReplica;
  readonly steering = new LineSteering();
  readonly udpLines = new UdpLines(UdpLines.create(), () => Math.floor(this.engine.now / 100));
  readonly udpTimes = new LineTimes();
  readonly parts: AllowedParts & FlowOutlookParts;
  readonly names: readonly string[];

  constructor(settings: object = FOUR_LINES) {
    const options = optionsOf(loadJson(settings));
    const { lines, rules } = options;
    const { engine } = this;
    this.names = lines.map(({ name }) => name);
    this.health = new LineHealth(lines.length);
    this.routes = new RoutesReplica(0, options, this.health, () => engine.now);
    const replica = new RulesReplica(rules.length === 0 ? undefined : compileRules(rules, () => []));
    const own = new OwnListeners([{ ip: ip('127.0.0.1'), port: 1080 }], () => false);
    const badAddresses = {
      forbids: (address: Uint8Array) => this.bad.has(formatIp(address)),
      isLast: (address: Uint8Array) => this.last.has(formatIp(address)),
    };
    const circles = { mayGoOn: (depth: number): boolean => depth < 3 };
    const links = new Links(this.health);
    const parts = { engine, rules: replica, badAddresses, circles, links };
    const user = (name: string): Failure | undefined => (this.spent.has(name) ? failureOf('user-limit') : undefined);
    this.parts = {
      ...{ engine, options, badAddresses, health: this.health, routes: this.routes, rules: replica },
      ...{ udpLines: this.udpLines, udpTimes: this.udpTimes, silentFlows: new SilentFlows(), steering: this.steering },
      lines: dialLines(lines),
      allLines: lines.map(({ number }) => number),
      preferences: this.routes.preferences,
      egress: new Egress(own, new EgressPolicy(options.egress, () => false), parts),
      limits: { spentBy: ({ name }: User) => user(name) },
      clients: { of: () => this.client, usualLines: undefined },
      authenticator: { linesOf: (name) => options.users?.inline.find((one) => one.name === name)?.lines },
      allowedFor: (target, { connection, user: asked }) => allowedLines(this.parts, target, connection, asked),
      sites: { of: ({ host }) => host.split('.').slice(-2).join('.') },
      names: {
        lookup: (name, _now, waiter) => this.#lookup(name, waiter),
        follow: (name, waiter) => {
          if (this.followed.has(name)) this.#wait(name, waiter);
          return this.followed.has(name);
        },
        forget: (name, waiter) => void this.waiters.get(name)?.delete(waiter),
      },
    };
  }

  #lookup(name: string, waiter: Waiter): NameOutcome | undefined {
    const known = this.known.get(name);
    if (known === undefined) this.#wait(name, waiter);
    return known;
  }

  #wait(name: string, waiter: Waiter): void {
    this.waiters.set(name, (this.waiters.get(name) ?? new Set()).add(waiter));
  }

  answer(name: string, outcome: NameOutcome, more = false): void {
    const waiting = [...(this.waiters.get(name) ?? [])];
    if (!more) this.waiters.delete(name);
    for (const waiter of waiting) waiter(outcome, more);
  }

  /** A choice that has begun. */
  flow(target: string, asker: Partial<Asker> = {}): FlowSeen {
    const seen = new FlowSeen(this, target, { ...ASKER, ...asker });
    seen.choice.begin();
    return seen;
  }
}

/** What a choice has told: candidates as `line address`, and a refusal. */
export class FlowSeen {
  readonly choice: DestinationChoice;
  candidates: readonly FlowCandidate[] = [];
  readonly calls: string[][] = [];
  refused: Failure | undefined;

  constructor(world: ChoiceWorld, target: string, asker: Asker) {
    this.choice = new DestinationChoice(world.parts, targetOf(target), asker, {
      chosen: (candidates) => {
        this.candidates = [...this.candidates, ...candidates];
        this.calls.push(candidates.map(textOf));
      },
      refused: (failure) => {
        this.refused = failure;
      },
    });
  }

  get order(): readonly string[] {
    return this.candidates.map(textOf);
  }

  of(line: string): FlowCandidate {
    const candidate = this.candidates.find((one) => textOf(one).startsWith(line));
    if (candidate === undefined) throw new Error(`${line} is none of ${this.order.join(', ')}`);
    return candidate;
  }

  answered(line: string, after_ms = 20): void {
    this.choice.answered(this.of(line), after_ms);
  }

  silent(line: string): void {
    this.choice.failed(this.of(line), failureOf('timed-out'));
  }
}

const textOf = ({ line, ip: address }: FlowCandidate): string =>
  address === undefined ? line.name : `${line.name} ${formatIp(address)}`;
