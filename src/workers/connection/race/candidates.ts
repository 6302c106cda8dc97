// Gathers the candidates of one race: the addresses of every line, first those that are known, then those that had to be
// looked up. Addresses of a second family and fresher ones join the race later, too. Addresses that must not or cannot be
// dialled are left out, and the cause is kept. It starts no attempt.

import { sameIp } from '../../../protocol/address/same-ip.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import { type Failure, failureTowards, mostTelling } from '../../../protocol/race/failure.js';
import type { RacePlan } from '../../../protocol/race/plan.js';
import { appended, EMPTY } from '../../../protocol/race/short-list.js';
import type { Client } from '../../../protocol/users/client.js';
import type { DialLine } from '../shared/dialling/dial-lines.js';
import type { Egress, Permission } from '../shared/dialling/egress.js';
import type { BadAddresses } from '../shared/replicas/bad-addresses.js';
import type { NameOutcome } from '../shared/replicas/name-outcome.js';
import type { NamesReplica } from '../shared/replicas/names.js';
import type { KnownDestination } from './known/destination.js';
import { noteProxyMove, type ProxyMoveParts } from './known/proxy-move.js';

/** The parts of the actor's context that the candidates need. */
export interface CandidatesParts extends ProxyMoveParts {
  readonly engine: { readonly now: number };
  readonly lines: readonly DialLine[];
  readonly names: Pick<NamesReplica, 'lookup' | 'follow' | 'forget' | 'renew'>;
  readonly health: Pick<LineHealth, 'mayUse' | 'isDead' | 'mayHaveMoved' | 'proxyIsAt'>;
  readonly egress: Pick<Egress, 'mayDial'>;
  readonly badAddresses: Pick<BadAddresses, 'isLast'>;
}

/** Told after each answer that came later. */
export interface CandidatesOutcome {
  looked(): void;
}

const NOBODY = (): void => {};

/** The lookup of a line's first hop. */
interface Lookup {
  readonly line: DialLine;
  readonly name: string;
  /** The addresses of its answers so far; undefined before the first answer. */
  heard: readonly Uint8Array[] | undefined;
  readonly hear: (outcome: NameOutcome, more: boolean) => void;
  /** Whether `hear` is still to be called. */
  isOpen: boolean;
  /** Whether asking anew is of no use: the servers do not answer, or none of the addresses may be dialled. */
  isVain: boolean;
}

export class Candidates {
  readonly #parts: CandidatesParts;
  readonly #target: Target;
  readonly #client: Client | undefined;
  readonly #plan: Pick<RacePlan, 'isGated' | 'begin' | 'offer' | 'settled'>;
  readonly #known: Pick<KnownDestination, 'isMute' | 'kept'>;
  readonly #outcome: CandidatesOutcome;
  #begun = false;
  /** Lookups without any answer, and lookups that are not finished. The round of all lines counts as one of each. */
  #unheard = 0;
  #open = 0;
  #lookups: readonly Lookup[] = EMPTY;
  #renewed = false;
  #failure: Failure | undefined;
  /** For when nothing else is left; offered when every lookup has had an answer. */
  #last: readonly Candidate[] = EMPTY;

  /** `client`: whose race it is, where rules need to know. */
  constructor(
    parts: CandidatesParts,
    target: Target,
    client: Client | undefined,
    plan: Pick<RacePlan, 'isGated' | 'begin' | 'offer' | 'settled'>,
    known: Pick<KnownDestination, 'isMute' | 'kept'>,
    outcome: CandidatesOutcome,
  ) {
    this.#parts = parts;
    this.#target = target;
    this.#client = client;
    this.#plan = plan;
    this.#known = known;
    this.#outcome = outcome;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Whether all candidates have been offered to the plan. */
  get done(): boolean {
    return this.#begun && this.#open === 0;
  }

  /** Whether candidates of the line may still come. */
  isAwaited(number: number): boolean {
    return this.#lookups.some(({ line, isOpen }) => isOpen && line.number === number);
  }

  /** The most telling cause for which an address was left out. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Gathers the candidates of these lines, by number. Called once. */
  begin(lines: readonly number[]): void {
    this.#begun = true;
    this.#unheard += 1;
    this.#open += 1;
    if (this.#plan.isGated)
      this.#plan.begin(
        lines.filter((line) => this.#isPromising(line)),
        this.#parts.engine.now,
      );
    for (const line of lines) this.#gather(this.#parts.lines[line]);
    this.#heard();
    this.#open -= 1;
  }

  /** Ends all lookups: no more candidates are needed. */
  end(): void {
    for (const { isOpen, name, hear } of this.#lookups) if (isOpen) this.#parts.names.forget(name, hear);
    this.#lookups = EMPTY;
  }

  /**
   * All that the answers gave has failed: asks anew for names with addresses that were dialled, and for those without any. Once in
   * a race; what is new joins the race.
   */
  renew(): void {
    if (this.#renewed) return;
    this.#renewed = true;
    const { names, engine } = this.#parts;
    for (const lookup of this.#lookups) {
      if (lookup.isVain || !names.renew(lookup.name, engine.now, lookup.hear)) continue;
      lookup.isOpen = true;
      this.#open += 1;
    }
  }

  /** Whether the candidate may be dialled at once, before all others. */
  isUsual(candidate: Candidate): boolean {
    return this.#mayDial(candidate).code === 'allowed' && !this.#isLast(candidate);
  }

  #gather(line: DialLine): void {
    const direct = line.isDirect;
    const ip = direct ? this.#target.ip : line.proxyIp;
    if (ip !== undefined) {
      this.#offer(line, [ip]);
      this.#plan.settled(line.number);
      return;
    }
    const { names, engine } = this.#parts;
    const lookup: Lookup = {
      line,
      name: direct ? this.#target.asked : line.hops[0].host,
      heard: undefined,
      isOpen: false,
      isVain: false,
      hear: (outcome, more) => {
        this.#take(lookup, outcome, more);
        this.#outcome.looked();
      },
    };
    this.#unheard += 1;
    this.#open += 1;
    const known = names.lookup(lookup.name, engine.now, lookup.hear);
    const more = known === undefined || names.follow(lookup.name, lookup.hear);
    lookup.isOpen = more;
    this.#lookups = appended(this.#lookups, lookup);
    if (known !== undefined) this.#take(lookup, known, more);
  }

  #take(lookup: Lookup, outcome: NameOutcome, more: boolean): void {
    const { line, heard } = lookup;
    noteProxyMove(this.#parts, line, outcome);
    if (outcome.kind === 'found') {
      const { ips } = outcome;
      const isOffered = this.#offer(
        line,
        heard === undefined ? ips : ips.filter((ip) => !heard.some((one) => sameIp(one, ip))),
      );
      lookup.isVain = !isOffered && (heard === undefined || lookup.isVain);
      lookup.heard = heard === undefined ? ips : [...heard, ...ips];
    } else if (!this.#renewed) {
      // What a renewal fails with says nothing about what had failed before it.
      this.#leaveOut(line, outcome.failure);
      lookup.heard = heard ?? [];
      lookup.isVain = outcome.failure.code !== 'no-such-name';
    }
    if (heard === undefined) this.#heard();
    if (more) return;
    lookup.isOpen = false;
    this.#open -= 1;
    this.#plan.settled(line.number);
  }

  /** One more lookup, or the round of all lines, has had its first answer. */
  #heard(): void {
    this.#unheard -= 1;
    if (this.#unheard === 0) this.#offerLast();
  }

  #offerLast(): void {
    if (this.#last.length === 0) return;
    this.#plan.offer(this.#last, true);
    this.#last = EMPTY;
  }

  /** Returns whether any of them may be dialled. */
  #offer(line: DialLine, ips: readonly Uint8Array[]): boolean {
    let isOffered = false;
    let usual: readonly Candidate[] = EMPTY;
    const isOut = this.#isOut(line.number);
    for (const ip of ips) {
      const candidate = { line: line.number, ip };
      const permission = this.#mayDial(candidate);
      if (permission.code !== 'allowed') {
        this.#leaveOut(line, permission);
        continue;
      }
      isOffered = true;
      if (isOut || this.#isLast(candidate) || this.#known.isMute(candidate))
        this.#last = appended(this.#last, candidate);
      else usual = appended(usual, candidate);
    }
    this.#plan.offer(usual, false);
    if (this.#unheard === 0) this.#offerLast();
    return isOffered;
  }

  /** Whether the line is for when nothing else is left. */
  #isOut(line: number): boolean {
    const { kept } = this.#known;
    const isAway = kept !== undefined && kept !== line;
    return isAway || !this.#parts.health.mayUse(line, this.#parts.engine.now);
  }

  /** Whether others may wait for it. */
  #isPromising(line: number): boolean {
    return !this.#isOut(line) && !this.#parts.health.isDead(line, this.#parts.engine.now);
  }

  /** The addresses that the line may dial now. A name that is not known is asked for, and nothing waits for the answer. */
  addressesOf(number: number): readonly Uint8Array[] {
    const { lines, names, engine } = this.#parts;
    const line = lines[number];
    const ip = line.isDirect ? this.#target.ip : line.proxyIp;
    const name = line.isDirect ? this.#target.asked : line.hops[0]?.host;
    const known = ip === undefined ? names.lookup(name, engine.now, NOBODY) : undefined;
    const ips = ip === undefined ? (known?.kind === 'found' ? known.ips : EMPTY) : [ip];
    return ips.filter((one) => this.#mayDial({ line: number, ip: one }).code === 'allowed');
  }

  #leaveOut(line: DialLine, failure: Failure): void {
    this.#failure = mostTelling(this.#failure, failureTowards(line.dials, failure));
  }

  #mayDial({ line: number, ip }: Candidate): Permission {
    return this.#parts.egress.mayDial(this.#parts.lines[number], ip, this.#target, this.#client);
  }

  /** Whether the address has always failed for this name. */
  #isLast({ line, ip }: Candidate): boolean {
    return this.#parts.lines[line].isDirect && this.#parts.badAddresses.isLast(ip, this.#target.host);
  }
}
