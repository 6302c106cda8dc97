// Gathers the candidates of one race: the addresses of every line, first those that are known, then those that had to be
// looked up. Addresses of a second family and fresher ones join the race later, too. Addresses that must not or cannot be
// dialled are left out, and the cause is kept. It starts no attempt.

import { sameIp } from '../../../protocol/address/same-ip.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import { type Failure, failureTowards, mostTelling } from '../../../protocol/race/failure.js';
import type { LineHealth } from '../../../protocol/race/line-health.js';
import type { RacePlan } from '../../../protocol/race/plan.js';
import { appended, EMPTY } from '../../../protocol/race/short-list.js';
import type { Client } from '../../../protocol/users/client.js';
import type { BadAddresses } from '../shared/bad-addresses.js';
import type { DialLine } from '../shared/dial-lines.js';
import type { Egress, Permission } from '../shared/egress.js';
import type { NameOutcome } from '../shared/name-outcome.js';
import type { NamesReplica } from '../shared/names-replica.js';
import type { KnownDestination } from './known-destination.js';

/** The parts of the actor's context that the candidates need. */
export interface CandidatesParts {
  readonly engine: { readonly now: number };
  readonly lines: readonly DialLine[];
  readonly names: Pick<NamesReplica, 'lookup' | 'follow' | 'forget'>;
  readonly health: Pick<LineHealth, 'mayUse'>;
  readonly egress: Pick<Egress, 'mayDial'>;
  readonly badAddresses: Pick<BadAddresses, 'isLast'>;
}

/** Told after each answer that came later. */
export interface CandidatesOutcome {
  looked(): void;
}

/** The lookup of a line's first hop. */
interface Lookup {
  readonly line: DialLine;
  readonly name: string;
  /** The addresses of its answers so far; undefined before the first answer. */
  heard: readonly Uint8Array[] | undefined;
  readonly hear: (outcome: NameOutcome, more: boolean) => void;
}

export class Candidates {
  readonly #parts: CandidatesParts;
  readonly #target: Target;
  readonly #client: Client | undefined;
  readonly #plan: Pick<RacePlan, 'offer'>;
  readonly #known: Pick<KnownDestination, 'isMute' | 'kept'>;
  readonly #outcome: CandidatesOutcome;
  #begun = false;
  /** Lookups without any answer, and lookups that are not finished. The round of all lines counts as one of each. */
  #unheard = 0;
  #open = 0;
  /** Undefined until a lookup is waited for: a race in which only the remembered candidate takes part needs none. */
  #lookups: Lookup[] | undefined;
  #failure: Failure | undefined;
  /** For when nothing else is left; offered when every lookup has had an answer. */
  #last: readonly Candidate[] = EMPTY;

  /** `client`: whose race it is, where rules need to know. */
  constructor(
    parts: CandidatesParts,
    target: Target,
    client: Client | undefined,
    plan: Pick<RacePlan, 'offer'>,
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

  /** The most telling cause for which an address was left out. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Gathers the candidates of these lines, by number. Called once. */
  begin(lines: readonly number[]): void {
    this.#begun = true;
    this.#unheard += 1;
    this.#open += 1;
    for (const line of lines) this.#gather(this.#parts.lines[line]);
    this.#heard();
    this.#open -= 1;
  }

  /** Ends all lookups: no more candidates are needed. */
  end(): void {
    if (this.#lookups === undefined) return;
    for (const { name, hear } of this.#lookups) this.#parts.names.forget(name, hear);
    this.#lookups = undefined;
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
      return;
    }
    const { names, engine } = this.#parts;
    const lookup: Lookup = {
      line,
      name: direct ? this.#target.asked : line.hops[0].host,
      heard: undefined,
      hear: (outcome, more) => {
        this.#take(lookup, outcome, more);
        this.#outcome.looked();
      },
    };
    this.#unheard += 1;
    this.#open += 1;
    const known = names.lookup(lookup.name, engine.now, lookup.hear);
    const more = known === undefined || names.follow(lookup.name, lookup.hear);
    if (more) {
      this.#lookups ??= [];
      this.#lookups.push(lookup);
    }
    if (known !== undefined) this.#take(lookup, known, more);
  }

  #take(lookup: Lookup, outcome: NameOutcome, more: boolean): void {
    const { line, heard } = lookup;
    if (outcome.kind === 'found') {
      const { ips } = outcome;
      this.#offer(line, heard === undefined ? ips : ips.filter((ip) => !heard.some((one) => sameIp(one, ip))));
      lookup.heard = heard === undefined ? ips : [...heard, ...ips];
    } else {
      this.#leaveOut(line, outcome.failure);
      lookup.heard = heard ?? [];
    }
    if (heard === undefined) this.#heard();
    if (!more) this.#open -= 1;
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

  #offer(line: DialLine, ips: readonly Uint8Array[]): void {
    let usual: readonly Candidate[] = EMPTY;
    const { kept } = this.#known;
    const isAway = kept !== undefined && kept !== line.number;
    const isOut = isAway || !this.#parts.health.mayUse(line.number, this.#parts.engine.now);
    for (const ip of ips) {
      const candidate = { line: line.number, ip };
      const permission = this.#mayDial(candidate);
      if (permission.code !== 'allowed') this.#leaveOut(line, permission);
      else if (isOut || this.#isLast(candidate) || this.#known.isMute(candidate))
        this.#last = appended(this.#last, candidate);
      else usual = appended(usual, candidate);
    }
    this.#plan.offer(usual, false);
    if (this.#unheard === 0) this.#offerLast();
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
