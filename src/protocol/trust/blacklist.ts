// The addresses that are not to be trusted, with the evidence against each, and what they mean for an answer. Pure: the
// time is an argument. It probes and dials nothing. What follows from evidence is verdict.ts, how evidence is kept is
// evidence-store.ts.
import { parseIp } from '../address/address.js';
import { IpRanges } from '../address/ip-range.js';
import { isSpecialIp } from '../address/special-address.js';
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
import { EvidenceStore } from './evidence-store.js';
import { RebindingRule } from './rebinding.js';
import { namesOf, verdictOf } from './verdict.js';

export interface BlacklistOptions {
  /** Canonical addresses and ranges of the configuration. */
  readonly fixed: readonly string[];
  /** Names (with all below them), addresses and ranges to which the rebinding rule does not apply. */
  readonly rebindAllow: readonly string[];
  /** Addresses and ranges against which no evidence is kept. */
  readonly trusted: readonly string[];
  readonly addresses_max: number;
  /** How long evidence lasts that is not renewed. */
  readonly ttl_ms: number;
}

/** New evidence against an address. `name` undefined: for all names. The other fields are those of `Evidence`. */
export interface Finding {
  /** Canonical. */
  readonly address: string;
  readonly how: Exclude<EvidenceKind, 'static'>;
  readonly by: string;
  readonly name: string | undefined;
}

export class Blacklist {
  readonly #options: BlacklistOptions;
  readonly #fixed: IpRanges;
  readonly #trusted: IpRanges;
  readonly #rebinding: RebindingRule;
  readonly #store: EvidenceStore;

  constructor(options: BlacklistOptions) {
    this.#options = options;
    this.#store = new EvidenceStore(options.addresses_max);
    this.#fixed = IpRanges.of(options.fixed);
    this.#trusted = IpRanges.of(options.trusted);
    this.#rebinding = new RebindingRule(options.rebindAllow);
  }

  /** The number of addresses with evidence, without the static list. */
  get size(): number {
    return this.#store.size;
  }

  /** Judges the canonical addresses of a server's answer for a normalised name. `now`: ms since the epoch, as below. */
  judge(server: AnsweringServer, name: string, addresses: readonly string[], now: number): AnswerVerdict {
    this.expire(now);
    // The usual case, without allocations for what was dropped.
    if (addresses.every((address) => this.#isSound(server, name, address))) {
      return { clean: addresses, dropped: [], suspect: false };
    }
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

  /** Adds evidence, or renews the same evidence. A shorter `ttl_ms` is for weak evidence. */
  add({ address, how, by, name }: Finding, now: number, ttl_ms = this.#options.ttl_ms): void {
    if (!this.#isAccusable(address)) return;
    const before = this.#store.same(address, { how, by, name });
    const expires = Math.max(before?.expires ?? 0, now + ttl_ms);
    this.#store.put(address, { how, by, name, since: before?.since ?? now, renewed: now, expires });
  }

  /**
   * Adds evidence of an earlier run, unless the same evidence has been found since. It could not be renewed while no
   * gateway ran, so it does not expire before `release`.
   */
  restore(address: string, evidence: Evidence): void {
    if (!this.#isAccusable(address) || this.#store.same(address, evidence) !== undefined) return;
    this.#store.restore(address, evidence);
  }

  /** Restored evidence expires by its own time from now on. Called after the first probe, or at once without probes. */
  release(now: number): void {
    this.#store.release(now);
  }

  /**
   * A TLS answer for `name` has come from the address. It shows a live server (see verdict.ts), unless the address was
   * injected for that very name.
   */
  clear(address: string, name: string, now: number): void {
    const evidence = this.#evidence(address);
    if (namesOf(evidence, ['spoofing', 'injection']).includes(name)) return;
    this.#store.clear(address, now + this.#options.ttl_ms);
  }

  /** Connections to the address work for the name: drops the `outcome` evidence for that name. */
  absolve(address: string, name: string): void {
    this.#store.drop(address, (evidence) => evidence.how === 'outcome' && evidence.name === name);
  }

  /** Drops all evidence against an address, but not the static list. False if there was none. */
  undo(address: string): boolean {
    return this.#store.dropAll(address);
  }

  /** Drops expired evidence. Cheap while there is none. */
  expire(now: number): void {
    this.#store.expire(now);
  }

  /** The verdict on an address; undefined without evidence. The static list is not considered. */
  verdict(address: string): Verdict | undefined {
    const held = this.#store.get(address);
    if (held === undefined) return undefined;
    const ip = parseIp(address) as Uint8Array;
    const worthless = isSpecialIp(ip) || this.#fixed.has(ip);
    return verdictOf([...held.evidence.values()], { worthless, cleared: held.clearedUntil > 0 });
  }

  /** The changes since the last call, for the replicas. */
  changes(): BadAddressChange[] {
    return this.#store.takeChanged().map((address) => ({ address, verdict: this.verdict(address) }));
  }

  /** All bad addresses now, the static list first. */
  list(now: number): BadAddress[] {
    this.expire(now);
    const fixed = this.#options.fixed.map((address) => ({
      address,
      evidence: [STATIC_EVIDENCE],
      verdict: STATIC_VERDICT,
    }));
    return [...fixed, ...this.found()];
  }

  /** Addresses with evidence of each kind, without the static list; one with several kinds counts for each. */
  get kinds(): Readonly<Record<Exclude<EvidenceKind, 'static'>, number>> {
    return this.#store.kinds;
  }

  /** The same as `list` without the static list, and without dropping expired evidence. */
  found(): BadAddress[] {
    return [...this.#store.addresses()].map((address) => ({
      address,
      evidence: this.#evidence(address),
      verdict: this.verdict(address) as Verdict,
    }));
  }

  #isAccusable(address: string): boolean {
    const ip = parseIp(address);
    return ip !== undefined && !this.#trusted.has(ip);
  }

  /** Whether neither evidence nor a rule speaks against the address. */
  #isSound(server: AnsweringServer, name: string, address: string): boolean {
    return this.#store.get(address) === undefined && this.#reason(server, name, address) === undefined;
  }

  #reason(server: AnsweringServer, name: string, address: string, verdict?: Verdict): DropReason | undefined {
    // Injection first, since it makes the whole answer suspect.
    if (verdict?.everywhere || verdict?.names.includes(name)) return this.#howInjected(address);
    const ip = parseIp(address);
    // An address that cannot be parsed cannot be dialled either.
    if (ip === undefined || this.#fixed.has(ip)) return 'static';
    if (verdict?.servers.includes(server.id)) return 'error-correction';
    return this.#rebinding.breaks(server, name, ip) ? 'rebinding' : undefined;
  }

  #howInjected(address: string): 'spoofing' | 'injection' {
    return this.#evidence(address).some(({ how }) => how === 'spoofing') ? 'spoofing' : 'injection';
  }

  #evidence(address: string): Evidence[] {
    return [...(this.#store.get(address)?.evidence.values() ?? [])];
  }
}
