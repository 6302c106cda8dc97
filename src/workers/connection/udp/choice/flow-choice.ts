// The choice of one flow: by which lines it may go, and in which order, by what is remembered of its destination and known of lines.
// It waits for lookups, and takes what becomes of its candidates. It opens no way and sends nothing.
import { sameIp } from '../../../../protocol/address/same-ip.js';
import type { Target } from '../../../../protocol/address/target.js';
import { type Candidate, sameCandidate } from '../../../../protocol/lines/candidate.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import type { LineTimes } from '../../../../protocol/lines/health/times.js';
import type { Preferences } from '../../../../protocol/lines/preferences.js';
import { type Failure, failureOf, mostTelling } from '../../../../protocol/race/failure.js';
import type { LineView } from '../../../../protocol/routes/destination-memory.js';
import { linesInOrder, type RankedLine } from '../../../../protocol/udp/line-order.js';
import { lateAfter } from '../../../../protocol/udp/usual-time.js';
import type { UdpLines } from '../../../../threads/shared/udp-lines.js';
import type { Egress } from '../../shared/dialling/egress.js';
import type { BadAddresses } from '../../shared/replicas/bad-addresses.js';
import type { NameOutcome } from '../../shared/replicas/name-outcome.js';
import type { NamesReplica } from '../../shared/replicas/names.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';
import type { Asker, ChoiceOutcome, FlowCandidate, FlowChoice } from './choice.js';
import { FlowLearning, type FlowLearningParts } from './flow-learning.js';
import { type FlowLines, type FlowLinesParts, flowLines } from './flow-lines.js';
import { candidateOf, FlowMemory, type FlowMemoryParts } from './flow-memory.js';
import { inTurn } from './turns.js';

/** The parts of the actor's context that a choice needs. */
export type FlowChoiceParts = FlowLinesParts &
  FlowMemoryParts &
  FlowLearningParts & {
    readonly egress: Pick<Egress, 'mayDial'>;
    readonly names: Pick<NamesReplica, 'lookup' | 'follow' | 'forget'>;
    readonly badAddresses: Pick<BadAddresses, 'isLast'>;
    readonly health: Pick<LineHealth, 'isDead'> & { readonly times: Pick<LineTimes, 'fastest'> };
    readonly routes: Pick<RoutesReplica, 'mayUse' | 'outage'>;
    readonly preferences: Preferences | undefined;
    readonly udpLines: Pick<UdpLines, 'isSilent'>;
    readonly udpTimes: Pick<LineTimes, 'of'>;
    readonly options: { readonly race: { readonly margin_ms: number } };
  };

const NO_LINE = failureOf('line-no-udp', 'no line that may be used carries datagrams');

export class DestinationChoice implements FlowChoice {
  readonly #parts: FlowChoiceParts;
  readonly #target: Target;
  readonly #asker: Asker;
  readonly #outcome: ChoiceOutcome;
  #lines: FlowLines | undefined;
  #memory: FlowMemory | undefined;
  /** Addresses of the destination; undefined while they are looked up, or where no line needs them. */
  #ips: readonly Uint8Array[] | undefined;
  /** In the order in which they were told. */
  #told: readonly FlowCandidate[] = [];
  /** Whether the lookup goes on. */
  #isLooking = false;
  #isOver = false;
  #failure: Failure | undefined;
  #learning: FlowLearning | undefined;
  /** What the name no longer has is not asked for, however well it worked. */
  #lead: Candidate | undefined;
  #trial: Candidate | undefined;
  readonly #view: LineView & { addressesOf(line: number): readonly Uint8Array[] };

  constructor(parts: FlowChoiceParts, target: Target, asker: Asker, outcome: ChoiceOutcome) {
    this.#parts = parts;
    this.#target = target;
    this.#asker = asker;
    this.#outcome = outcome;
    const { routes, preferences } = parts;
    this.#view = {
      mayUse: (line) => this.#mayLead(line),
      // Nothing but an answer counts as success.
      answersEarly: () => false,
      outage: (line) => routes.outage(line),
      addressesOf: (line) => this.#addressesOf(line).map((ip) => candidateOf(line, ip).ip),
      preferences,
    };
  }

  #mayLead(line: number): boolean {
    const { routes, health, udpLines, engine } = this.#parts;
    const isAllowed = this.#lines?.lines.includes(line) === true;
    const isHeard = !udpLines.isSilent(line) && !this.#isSilentLine(line);
    return isAllowed && isHeard && routes.mayUse(line) && !health.isDead(line, engine.now);
  }

  /** Whether flows to the destination have had no answers over the line lately. */
  #isSilentLine(line: number): boolean {
    const { silentFlows, engine } = this.#parts;
    return this.#memory !== undefined && silentFlows.isSilentLine(this.#memory.key, line, engine.now);
  }

  #isDoubted(candidate: Candidate): boolean {
    const { silentFlows, engine } = this.#parts;
    const memory = this.#memory;
    if (memory === undefined) return false;
    return (
      memory.find(candidate)?.isDoubted(engine.now) === true || silentFlows.isSilent(memory.key, candidate, engine.now)
    );
  }

  begin(): void {
    const target = this.#target;
    const allowed = flowLines(this.#parts, target, this.#asker);
    if (allowed.code !== 'allowed') {
      this.#refuse(allowed);
      this.settled();
      return;
    }
    const { lines, choice, client } = allowed;
    this.#lines = allowed;
    this.#memory = new FlowMemory(this.#parts, target, lines.length, choice, client);
    const known = this.#lookUp();
    if (known !== undefined) this.#learn(known);
    this.#lead = this.#memory.lead(this.#view);
    if (this.#lead !== undefined && known?.kind === 'found' && !this.#memory.isSticky) this.#checkLead(known);
    if (this.#lead !== undefined) {
      this.#trial = this.#memory.trial(this.#lead, this.#parts.preferences, lines, this.#view);
      if (this.#trial !== undefined) this.tried(this.#memory, this.#trial);
    }
    this.#learning = new FlowLearning(this.#parts, target, this.#memory, this.#lead === undefined);
    this.#tell();
    if (!this.#isLooking) this.settled();
  }

  /** Nothing more will be told. */
  protected settled(): void {}

  /** What is known of the destination's addresses, where a line needs them. */
  #lookUp(): NameOutcome | undefined {
    const { ip, asked } = this.#target;
    const { names, engine, lines } = this.#parts;
    if (ip !== undefined) this.#ips = [ip];
    if (ip !== undefined || !this.#lines?.lines.some((line) => lines[line].isDirect)) return undefined;
    const known = names.lookup(asked, engine.now, this.#looked);
    this.#isLooking = known === undefined || names.follow(asked, this.#looked);
    return known;
  }

  /** All actors hear of it, so that they do not try one, too. */
  protected tried(memory: FlowMemory, trial: Candidate): void {
    memory.tried(trial);
  }

  readonly #looked = (outcome: NameOutcome, more: boolean): void => {
    if (this.#isOver) return;
    this.#isLooking = more;
    this.#learn(outcome);
    this.#tell();
    if (!this.#isLooking) this.settled();
  };

  #learn(outcome: NameOutcome): void {
    if (outcome.kind === 'failed') this.#failure = mostTelling(this.#failure, outcome.failure);
    else this.#ips = outcome.ips;
    this.#ips ??= this.#isLooking ? undefined : [];
  }

  #checkLead({ proof, ips }: NameOutcome & { readonly kind: 'found' }): void {
    const { line, ip } = this.#lead as Candidate;
    if (!this.#parts.lines[line].isDirect || ips.some((one) => sameIp(one, ip))) return;
    if (proof === 'all' || (proof === 'by-family' && ips.some(({ length }) => length === ip.length)))
      this.#lead = undefined;
  }

  /** Tells what has not been told yet, as far as its turn is known. */
  #tell(): void {
    const fresh: FlowCandidate[] = [];
    for (const candidate of this.#inOrder()) {
      const isKnown = [...this.#told, ...fresh].some((one) => isSame(one, candidate));
      if (!isKnown) fresh.push(candidate);
    }
    this.#told = [...this.#told, ...fresh];
    if (fresh.length > 0) this.#outcome.chosen(fresh, this.#isLooking);
    else if (this.#told.length === 0 && !this.#isLooking) this.#refuse(this.#failure ?? NO_LINE);
  }

  #inOrder(): readonly FlowCandidate[] {
    const { lines } = this.#parts;
    const first = [this.#trial, this.#lead].flatMap((one) => (one === undefined ? [] : this.#remembered(one)));
    const isWaiting = (line: number): boolean => lines[line].isDirect && this.#ips === undefined;
    const turns = inTurn(this.ranked, this.#parts.preferences, isWaiting, (line) => this.#addressesOf(line));
    return [...first, ...turns.map(({ line, ip }) => ({ line: lines[line], ip }))];
  }

  /** The lines in the order of their turns, but for what is remembered. Not before `begin`, nor after a refusal. */
  protected get ranked(): readonly RankedLine[] {
    const { preferences, health, routes, udpLines, engine } = this.#parts;
    const memory = this.#memory as FlowMemory;
    const now = {
      mayUse: (line: number) => routes.mayUse(line),
      isDead: (line: number) => health.isDead(line, engine.now),
      isSilent: (line: number) => udpLines.isSilent(line),
      fastest: (all: readonly number[]) => health.times.fastest(all),
      preferences,
    };
    const isDoubted = (line: number): boolean => memory.isDoubted(line) || this.#isSilentLine(line);
    return linesInOrder((this.#lines as FlowLines).lines, now, {
      key: memory.key,
      connects: memory.connects(),
      isDoubted,
    });
  }

  /** A remembered candidate, if it may be used now. */
  #remembered({ line: number, ip }: Candidate): readonly FlowCandidate[] {
    const line = this.#parts.lines[number];
    if (!line.isDirect) return [{ line, ip: this.#target.ip }];
    // A line on which a site is kept has no address there.
    if (sameCandidate({ line: number, ip }, candidateOf(number, undefined))) {
      const [first] = this.#addressesOf(number);
      return first === undefined ? [] : [{ line, ip: first }];
    }
    return this.#mayDial(number, ip) ? [{ line, ip }] : [];
  }

  /** To where a line may send, the best first; for a line with proxies one entry, without an address where they resolve the name. */
  #addressesOf(number: number): readonly (Uint8Array | undefined)[] {
    const { lines, badAddresses } = this.#parts;
    const { host, ip } = this.#target;
    if (!lines[number].isDirect) return [ip];
    const may = (this.#ips ?? []).filter((one) => this.#mayDial(number, one));
    const rank = (one: Uint8Array): number => {
      if (badAddresses.isLast(one, host)) return 2;
      return this.#isDoubted({ line: number, ip: one }) ? 1 : 0;
    };
    return may.sort((a, b) => rank(a) - rank(b));
  }

  #mayDial(number: number, ip: Uint8Array): boolean {
    const failure = this.#whyNot(number, ip);
    if (failure !== undefined) this.#failure = mostTelling(this.#failure, failure);
    return failure === undefined;
  }

  #whyNot(number: number, ip: Uint8Array): Failure | undefined {
    const { egress, lines } = this.#parts;
    const permission = egress.mayDial(lines[number], ip, this.#target, this.#lines?.client);
    return permission.code === 'allowed' ? undefined : permission;
  }

  /** The addresses of the destination to which a direct line may not or cannot send, and why. */
  protected unfit(number: number): readonly { readonly ip: Uint8Array; readonly failure: Failure }[] {
    return (this.#ips ?? []).flatMap((ip) => {
      const failure = this.#whyNot(number, ip);
      return failure === undefined ? [] : [{ ip, failure }];
    });
  }

  #refuse(failure: Failure): void {
    this.close();
    this.#outcome.refused(failure);
  }

  /** The remembered candidate, and a cheaper one that goes before it; where there are such. */
  protected get remembered(): { readonly lead: Candidate | undefined; readonly trial: Candidate | undefined } {
    return { lead: this.#lead, trial: this.#trial };
  }

  /** Undefined after a refusal by what needs no line. */
  protected get memory(): FlowMemory | undefined {
    return this.#memory;
  }

  /** Within which time a candidate should answer, by what is known, in ms. */
  answersWithin({ line, ip }: FlowCandidate): number {
    const { options, udpTimes } = this.#parts;
    const known = this.#memory?.find(candidateOf(line.number, line.isDirect ? ip : undefined));
    return lateAfter(known?.firstByte, udpTimes.of(line.number), options.race.margin_ms);
  }

  asks(candidate: FlowCandidate): void {
    this.#learning?.asks(candidate);
  }

  answered(candidate: FlowCandidate, after_ms: number | 'untimed'): void {
    this.#learning?.answered(candidate, after_ms);
  }

  failed(candidate: FlowCandidate, failure: Failure, isAlone = false): void {
    this.#learning?.failed(candidate, failure, isAlone);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#target.ip === undefined) this.#parts.names.forget(this.#target.asked, this.#looked);
  }
}

function isSame(one: FlowCandidate, other: FlowCandidate): boolean {
  if (one.line !== other.line) return false;
  return one.ip === undefined || other.ip === undefined ? one.ip === other.ip : sameIp(one.ip, other.ip);
}
