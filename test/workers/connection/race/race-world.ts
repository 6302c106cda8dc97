// Everything that a race needs of its actor: the real tables, budgets and wheels, names as the test says, and attempts that
// end when it says so (fake-attempt.ts). There are two direct lines and a proxy, whose address is known.
import { formatIp, parseIp } from '../../../../src/protocol/address/address.js';
import { sameIp } from '../../../../src/protocol/address/same-ip.js';
import { type Target, targetOfName } from '../../../../src/protocol/address/target.js';
import type { SiteRates } from '../../../../src/protocol/bulk/site-rates.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import { LineHealth } from '../../../../src/protocol/lines/health/health.js';
import { lineOf } from '../../../../src/protocol/lines/line.js';
import type { Preference } from '../../../../src/protocol/lines/preference.js';
import type { Preferences } from '../../../../src/protocol/lines/preferences.js';
import type { Options } from '../../../../src/protocol/options.js';
import { type Failure, type FailureCode, failureOf } from '../../../../src/protocol/race/failure.js';
import type { PlanRules } from '../../../../src/protocol/race/plan.js';
import { Counter } from '../../../../src/threads/shared/counters.js';
import { LineCounts } from '../../../../src/threads/shared/line-counts.js';
import type { AttemptOutcome, MakeAttempt } from '../../../../src/workers/connection/race/attempt/attempt.js';
import type { MakeTrial, Trial } from '../../../../src/workers/connection/race/home-trial.js';
import type { RaceParts } from '../../../../src/workers/connection/race/race.js';
import { AttemptBudget, type Waiting } from '../../../../src/workers/connection/shared/dialling/attempt-budget.js';
import { AttemptRoom } from '../../../../src/workers/connection/shared/dialling/attempt-room.js';
import { Crowds } from '../../../../src/workers/connection/shared/dialling/crowds.js';
import { dialLines } from '../../../../src/workers/connection/shared/dialling/dial-lines.js';
import type { Permission } from '../../../../src/workers/connection/shared/dialling/egress.js';
import { ForeignHints } from '../../../../src/workers/connection/shared/replicas/foreign-hints.js';
import type { NameOutcome } from '../../../../src/workers/connection/shared/replicas/name-outcome.js';
import { RoutesReplica } from '../../../../src/workers/connection/shared/replicas/routes.js';
import { defaultOptions } from '../../../helpers/default-options.js';
import { FakeAttempt } from './fake-attempt.js';

export const SITE = targetOfName('site.test', 443) as Target;
export const [A, B] = ['192.0.2.1', '192.0.2.2'];
export const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
export const found = (...ips: readonly string[]): NameOutcome => ({ kind: 'found', ips: ips.map(ip), proof: 'all' });
export const lost = (code: FailureCode): NameOutcome => ({ kind: 'failed', failure: failureOf(code), proof: 'none' });

/** Far more descriptors for attempts than a race takes. */
export const RACING_MAX = 1000;
/** Of its lines. */
export const PROXY = 2;
const SOURCE = { ip: undefined, port: 0 };
const HOP = { host: '198.51.100.80', port: 1080, username: undefined, password: undefined };
const LINES = [
  lineOf(0, 'first', SOURCE, []),
  lineOf(1, 'second', SOURCE, []),
  lineOf(PROXY, 'proxy', SOURCE, [{ kind: 'socks5', ...HOP }]),
];

type Waiter = (outcome: NameOutcome, more: boolean) => void;

/** Tells how many connections are held in reserve, and which races have waited and not been forgotten. */
class CountedBudget extends AttemptBudget {
  held = 0;
  readonly waiting = new Set<Waiting>();

  override wait(race: Waiting, line: number): void {
    super.wait(race, line);
    this.waiting.add(race);
  }

  override forget(race: Waiting): void {
    super.forget(race);
    this.waiting.delete(race);
  }

  override hold(): void {
    super.hold();
    this.held += 1;
  }

  override letGo(connections: number): void {
    super.letGo(connections);
    this.held -= connections;
  }
}

export interface Changes {
  readonly race?: Partial<Options['race']>;
  readonly cache?: Partial<Options['cache']>;
  /** Numbers of the lines that there are. */
  readonly lines?: readonly number[];
  /** Of lines, by their numbers. */
  readonly preferences?: Readonly<Record<number, Partial<Preference>>>;
  /** Whether there is a share actor: what it says is given to `foreignHints.told`. */
  readonly isSharing?: boolean;
}

/** Hints of a share actor to which no message goes. */
class AskedHints extends ForeignHints {
  override get isOn(): boolean {
    return true;
  }

  override get hasNews(): boolean {
    return true;
  }
}

/** A trial that hears what its race tells it. */
export class FakeTrial implements Trial {
  readonly attempt: FakeAttempt;
  readonly told: string[] = [];

  constructor(attempt: FakeAttempt) {
    this.attempt = attempt;
  }

  start(): void {
    this.told.push('start');
  }

  said(): void {
    this.told.push('said');
  }

  raceOver(): void {
    this.told.push('over');
  }
}

export class RaceWorld<E extends { readonly now: number }> implements RaceParts {
  readonly engine: E;
  readonly options: Options;
  readonly lines = dialLines(LINES);
  readonly allLines: readonly number[];
  readonly preferences: Preferences | undefined;
  readonly planRules: PlanRules;
  readonly deadlines: DeadlineWheel;
  readonly ticks: DeadlineWheel;
  readonly budget: CountedBudget;
  readonly room: AttemptRoom;
  readonly health = new LineHealth(LINES.length);
  readonly routes: RoutesReplica;
  readonly counters = new Float64Array(Object.keys(Counter).length);
  readonly lineCounts = new LineCounts(LineCounts.create(LINES.length));
  /** In the order in which they were made. */
  readonly attempts: FakeAttempt[] = [];
  /** In the order in which they were made. */
  readonly trials: FakeTrial[] = [];
  /** Names that are known at once; the others are answered by `answer`. */
  readonly known = new Map<string, NameOutcome>();
  readonly waiters = new Map<string, Set<Waiter>>();
  /** Names that were asked for anew, and those of which something may be heard then, by `answer`. */
  readonly renewed: string[] = [];
  readonly renews = new Set<string>();
  /** Addresses that must not be dialled. */
  readonly barred = new Set<string>();
  /** Called with each attempt that is made, before it starts. */
  react: (attempt: FakeAttempt) => void = () => {};
  /** Of races: their failures; of lines: those that were crowded. */
  readonly lost: FailureCode[] = [];
  readonly crowded: string[] = [];

  constructor(engine: E, { race = {}, cache = {}, lines = [0], preferences = {}, isSharing = false }: Changes = {}) {
    const options = defaultOptions();
    this.engine = engine;
    const limits = { ...options.limits, racing_max: RACING_MAX };
    const changed = { race: { ...options.race, ...race }, cache: { ...options.cache, ...cache } };
    const all = LINES.map((line) => ({ ...line, ...preferences[line.number] }));
    this.options = { ...options, workers: 1, lines: all, limits, ...changed };
    this.allLines = lines;
    const { stagger_ms, margin_ms, first_byte_ms: unknown_ms } = this.options.race;
    this.planRules = { stagger_ms, margin_ms, unknown_ms };
    this.deadlines = new DeadlineWheel(engine.now);
    this.ticks = new DeadlineWheel(engine.now, 1);
    this.budget = new CountedBudget(this.options);
    const crowds = new Crowds(this.options, this.deadlines);
    this.room = new AttemptRoom(this.budget, crowds, this.lines, this.failures);
    this.routes = new RoutesReplica(0, this.options, this.health, () => engine.now);
    this.preferences = this.routes.preferences;
    this.foreignHints = new (isSharing ? AskedHints : ForeignHints)(() => engine.now, this.counters);
  }

  readonly newAttempt: MakeAttempt = (candidate, target, outcome) => {
    const attempt = new FakeAttempt(this.engine, this.lines[candidate.line], candidate, target, outcome);
    this.attempts.push(attempt);
    this.react(attempt);
    return attempt;
  };

  readonly newTrial: MakeTrial = (candidate, target, depth, known) => {
    const outcome: AttemptOutcome = {
      ...{ depth, connected: () => {} },
      failed: (attempt, failure) => known.failed(attempt, failure),
    };
    const trial = new FakeTrial(new FakeAttempt(this.engine, this.lines[candidate.line], candidate, target, outcome));
    this.trials.push(trial);
    return trial;
  };

  readonly names = {
    changes: 0,
    lookup: (name: string, _now: number, waiter: Waiter): NameOutcome | undefined => {
      const known = this.known.get(name);
      if (known === undefined) this.waiters.set(name, (this.waiters.get(name) ?? new Set()).add(waiter));
      return known;
    },
    follow: (): boolean => false,
    peek: (name: string): Uint8Array | undefined => {
      const known = this.known.get(name);
      return known?.kind === 'found' ? known.ips[0] : undefined;
    },
    renew: (name: string, _now: number, waiter: Waiter): boolean => {
      this.renewed.push(name);
      if (!this.renews.has(name)) return false;
      this.waiters.set(name, (this.waiters.get(name) ?? new Set()).add(waiter));
      return true;
    },
    forget: (name: string, waiter: Waiter): void => void this.waiters.get(name)?.delete(waiter),
    holdsFor: (): number => 60_000,
  };

  readonly egress = {
    mayDial: (_line: unknown, ip: Uint8Array): Permission =>
      this.barred.has(formatIp(ip)) ? failureOf('not-allowed') : { code: 'allowed' },
    mayAskFor: (): Permission => ({ code: 'allowed' }),
  };

  readonly sites = { of: ({ host }: Target): string => host.split('.').slice(-2).join('.') };
  /** Addresses against which other gateways speak. */
  readonly toldAddresses: Uint8Array[] = [];
  readonly badAddresses = {
    isLast: (): boolean => false,
    isTold: (ip: Uint8Array): boolean => this.toldAddresses.some((one) => sameIp(one, ip)),
  };
  readonly outcomes = { note: (): void => {} };
  readonly foreignHints: ForeignHints;
  /** What lines carry for the site; undefined where it is not one of bulk transfers. */
  rates: SiteRates | undefined;
  readonly bulkSites = { ratesOf: (): SiteRates | undefined => this.rates };

  readonly failures = {
    attempt: (): void => {},
    lost: ({ code }: Failure): void => void this.lost.push(code),
    crowded: (line: string): void => void this.crowded.push(line),
    misfit: (): void => {},
  };

  answer(name: string, outcome: NameOutcome, more = false): void {
    const waiting = [...(this.waiters.get(name) ?? [])];
    if (!more) this.waiters.delete(name);
    for (const waiter of waiting) waiter(outcome, more);
  }

  /** The attempts so far: `line address`. */
  get dialled(): string[] {
    return this.attempts.map(({ candidate: { line, ip } }) => `${line} ${formatIp(ip)}`);
  }
}
