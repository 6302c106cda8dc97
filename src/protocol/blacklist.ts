// The addresses that are not to be trusted, with the evidence against each, and what that means for an answer. Evidence
// is added, renewed, expires or is undone one by one, never replaced as a whole. Pure: the time is an argument. It
// probes nothing and dials nothing; what evidence is worth is verdict.ts.
import { parseIp } from './address.js';
import {
  type AnsweringServer,
  type AnswerVerdict,
  type BadAddress,
  type BadAddressChange,
  type DropReason,
  type Evidence,
  type EvidenceKind,
  STATIC_EVIDENCE,
  STATIC_VERDICT,
  type Verdict,
} from './evidence.js';
import { IpRanges } from './ip-range.js';
import { RebindingRule } from './rebinding.js';
import { isSpecialIp } from './special-address.js';
import { namesOf, verdictOf } from './verdict.js';

export interface BlacklistOptions {
  /** Canonical addresses and ranges of the configuration. */
  readonly fixed: readonly string[];
  /** Names (with all below them), addresses and ranges that are exempt from the rebinding rule. */
  readonly rebindAllow: readonly string[];
  readonly addresses_max: number;
  /** How long evidence lasts that nothing renews. */
  readonly ttl_ms: number;
}

/** What was found out about an address. `name` undefined: it holds for all names. */
export interface Finding {
  /** Canonical. */
  readonly address: string;
  readonly how: Exclude<EvidenceKind, 'static'>;
  readonly by: string;
  readonly name: string | undefined;
}

/** Against one address, as many as a probe of all names at some servers gives; the one renewed longest ago goes first. */
const EVIDENCE_MAX = 64;

interface Held {
  readonly evidence: Map<string, Evidence>;
  /** Until when it counts that the address has answered TLS for a name that it was not injected for. */
  clearedUntil: number;
}

export class Blacklist {
  readonly #options: BlacklistOptions;
  readonly #fixed: IpRanges;
  readonly #rebinding: RebindingRule;
  /** By address, the one whose evidence was renewed longest ago first; each has some. */
  readonly #found = new Map<string, Held>();
  readonly #changed = new Set<string>();
  /** Evidence of an earlier run that does not expire yet. */
  readonly #restored = new Set<Evidence>();
  /** The next moment at which something expires. */
  #due = Number.POSITIVE_INFINITY;

  constructor(options: BlacklistOptions) {
    this.#options = options;
    this.#fixed = IpRanges.of(options.fixed);
    this.#rebinding = new RebindingRule(options.rebindAllow);
  }

  /** Addresses with evidence, the static list aside. */
  get size(): number {
    return this.#found.size;
  }

  /** Judges the addresses (canonical) of one answer of one server for a normalised name. */
  judge(server: AnsweringServer, name: string, addresses: readonly string[], now: number): AnswerVerdict {
    this.expire(now);
    const clean: string[] = [];
    const last: string[] = [];
    const dropped: { address: string; why: DropReason }[] = [];
    for (const address of addresses) {
      const verdict = this.verdict(address);
      const why = this.#reason(server, name, address, verdict);
      if (why !== undefined) dropped.push({ address, why });
      else if (verdict?.last.includes(name)) last.push(address);
      else clean.push(address);
    }
    clean.push(...last);
    if (!dropped.some(({ why }) => why === 'injection' || why === 'spoofing')) {
      const suspect = clean.length === 0 && addresses.length > 0;
      return last.length > 0 ? { clean, last, dropped, suspect } : { clean, dropped, suspect };
    }
    const companions = clean.map((address) => ({ address, why: 'companion' as const }));
    return { clean: [], dropped: [...dropped, ...companions], suspect: true };
  }

  /** Adds evidence, or renews the same evidence. `ttl_ms` is for evidence that is weaker than most. */
  add({ address, how, by, name }: Finding, now: number, ttl_ms = this.#options.ttl_ms): void {
    if (parseIp(address) === undefined) return;
    const before = this.#found.get(address)?.evidence.get(keyOf(how, by, name));
    const expires = Math.max(before?.expires ?? 0, now + ttl_ms);
    this.#put(address, { how, by, name, since: before?.since ?? now, renewed: now, expires });
  }

  /**
   * Evidence of an earlier run, as it was; the same evidence found since is newer and stays. Nobody was there to renew
   * it, so that it holds until `release`, however old it is.
   */
  restore(address: string, evidence: Evidence): void {
    const { how, by, name } = evidence;
    if (this.#found.get(address)?.evidence.has(keyOf(how, by, name))) return;
    this.#restored.add(evidence);
    this.#put(address, evidence);
  }

  /** What is to be renewed has been: of what was restored, the rest expires as it would have. */
  release(now: number): void {
    this.#restored.clear();
    this.#due = 0;
    this.expire(now);
  }

  /** A TLS answer for `name` has come from the address, which counts where that is not what it was injected for. */
  clear(address: string, name: string, now: number): void {
    const held = this.#found.get(address);
    if (held === undefined || namesOf([...held.evidence.values()], ['spoofing', 'injection']).includes(name)) return;
    held.clearedUntil = now + this.#options.ttl_ms;
    this.#due = Math.min(this.#due, held.clearedUntil);
    this.#changed.add(address);
  }

  /** Connections to the address work for that name after all. */
  absolve(address: string, name: string): void {
    this.#drop(address, (evidence) => evidence.how === 'outcome' && evidence.name === name);
  }

  /** By hand: drops all evidence against an address but the static. False if there was none. */
  undo(address: string): boolean {
    return this.#drop(address, () => true);
  }

  /** Drops what has expired. Cheap while nothing has. */
  expire(now: number): void {
    if (now < this.#due) return;
    this.#due = Number.POSITIVE_INFINITY;
    for (const [address, held] of [...this.#found]) {
      this.#drop(address, (evidence) => evidence.expires <= now && !this.#restored.has(evidence));
      if (held.clearedUntil > 0 && held.clearedUntil <= now) {
        held.clearedUntil = 0;
        this.#changed.add(address);
      }
      for (const evidence of held.evidence.values()) {
        if (!this.#restored.has(evidence)) this.#due = Math.min(this.#due, evidence.expires);
      }
      if (held.clearedUntil > 0) this.#due = Math.min(this.#due, held.clearedUntil);
    }
  }

  /** What follows from what is held against an address; undefined where that is nothing. The static list aside. */
  verdict(address: string): Verdict | undefined {
    const held = this.#found.get(address);
    if (held === undefined) return undefined;
    const ip = parseIp(address) as Uint8Array;
    const worthless = isSpecialIp(ip) || this.#fixed.has(ip);
    return verdictOf([...held.evidence.values()], { worthless, cleared: held.clearedUntil > 0 });
  }

  /** What has changed since the last call, for those who hold replicas. */
  changes(): BadAddressChange[] {
    const changes = [...this.#changed].map((address) => ({ address, verdict: this.verdict(address) }));
    this.#changed.clear();
    return changes;
  }

  /** Everything that is held against anything now, the static list first. */
  list(now: number): BadAddress[] {
    this.expire(now);
    const fixed = this.#options.fixed.map((address) => ({
      address,
      evidence: [STATIC_EVIDENCE],
      verdict: STATIC_VERDICT,
    }));
    return [...fixed, ...this.found()];
  }

  /** The same without the static list and as it stands. */
  found(): BadAddress[] {
    return [...this.#found].map(([address, { evidence }]) => ({
      address,
      evidence: [...evidence.values()],
      verdict: this.verdict(address) as Verdict,
    }));
  }

  #reason(server: AnsweringServer, name: string, address: string, verdict?: Verdict): DropReason | undefined {
    // First what makes the whole answer suspect.
    if (verdict?.everywhere || verdict?.names.includes(name)) return this.#howInjected(address);
    const ip = parseIp(address);
    // What cannot be read cannot be dialled either.
    if (ip === undefined || this.#fixed.has(ip)) return 'static';
    if (verdict?.servers.includes(server.id)) return 'error-correction';
    return this.#rebinding.breaks(server, name, ip) ? 'rebinding' : undefined;
  }

  #howInjected(address: string): 'spoofing' | 'injection' {
    const evidence = [...(this.#found.get(address)?.evidence.values() ?? [])];
    return evidence.some(({ how }) => how === 'spoofing') ? 'spoofing' : 'injection';
  }

  #put(address: string, evidence: Evidence): void {
    const held = this.#found.get(address) ?? { evidence: new Map<string, Evidence>(), clearedUntil: 0 };
    const { addresses_max } = this.#options;
    // What clients run into, or a forger sends, must not displace what was probed for: it has half of the table.
    if (isWeak(evidence) && held.evidence.size === 0 && this.#found.size >= addresses_max / 2) {
      const oldest = this.#oldestWeak();
      if (oldest === undefined) return;
      this.undo(oldest);
    }
    const key = keyOf(evidence.how, evidence.by, evidence.name);
    // Into the last place of both.
    held.evidence.delete(key);
    held.evidence.set(key, evidence);
    this.#found.delete(address);
    this.#found.set(address, held);
    if (held.evidence.size > EVIDENCE_MAX) {
      const [first] = [...held.evidence].find(([, one]) => isWeak(one)) ?? [...held.evidence][0];
      held.evidence.delete(first);
    }
    if (this.#found.size > addresses_max) this.undo(this.#found.keys().next().value as string);
    this.#due = Math.min(this.#due, evidence.expires);
    this.#changed.add(address);
  }

  #oldestWeak(): string | undefined {
    for (const [address, { evidence }] of this.#found) {
      if ([...evidence.values()].every(isWeak)) return address;
    }
    return undefined;
  }

  #drop(address: string, which: (evidence: Evidence) => boolean): boolean {
    const held = this.#found.get(address);
    if (held === undefined) return false;
    const before = held.evidence.size;
    for (const [key, evidence] of held.evidence) {
      if (!which(evidence)) continue;
      held.evidence.delete(key);
      this.#restored.delete(evidence);
    }
    if (held.evidence.size === before) return false;
    if (held.evidence.size === 0) this.#found.delete(address);
    this.#changed.add(address);
    return true;
  }
}

/** Anybody can bring it about. */
function isWeak({ how }: Evidence): boolean {
  return how === 'outcome' || how === 'injection';
}

function keyOf(how: EvidenceKind, by: string, name: string | undefined): string {
  return `${how} ${by} ${name ?? ''}`;
}
