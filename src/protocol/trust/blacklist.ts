// The addresses that are not to be trusted, with the evidence against each, and what they mean for an answer. Pure: the
// time is an argument. It probes and dials nothing. What follows from evidence is verdict.ts, how evidence is kept is
// evidence-store.ts.
import { parseIp } from '../address/address.js';
import { IpRanges } from '../address/ip-range.js';
import { isSpecialIp } from '../address/special-address.js';
import { type BadAddressPage, type PageAsked, pageOf } from './bad-address-page.js';
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
import { SITE_WORD_MS_MAX, type SiteRetraction, type SiteWord, SiteWords } from './site-words.js';
import { namesOf, verdictOf } from './verdict.js';

/** `by` of what an operator has said. */
const OPERATOR = 'operator';

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
  readonly how: Exclude<EvidenceKind, 'static' | 'operator' | 'site'>;
  readonly by: string;
  readonly name: string | undefined;
}

/** `trusted`: no evidence is kept against the address. `full`: an operator has spoken of as many as there is room for. */
export type Said = 'added' | 'trusted' | 'full';

export class Blacklist {
  readonly #options: BlacklistOptions;
  readonly #fixed: IpRanges;
  readonly #trusted: IpRanges;
  readonly #rebinding: RebindingRule;
  readonly #store: EvidenceStore;
  readonly #words: SiteWords;

  constructor(options: BlacklistOptions) {
    this.#options = options;
    this.#words = new SiteWords(options.addresses_max);
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

  /** An operator says that the address is bad: for a name, or (undefined) for all; until `expires`, which may be Infinity. */
  say(address: string, name: string | undefined, expires: number, now: number): Said {
    if (!this.#isAccusable(address)) return 'trusted';
    const evidence = { how: 'operator', by: OPERATOR, name } as const;
    const before = this.#store.same(address, evidence);
    if (before === undefined && !this.#store.hasRoomToSay(address)) return 'full';
    this.#store.put(address, { ...evidence, since: before?.since ?? now, renewed: now, expires });
    return 'added';
  }

  /** The number of gateways in the configuration of the site. */
  set gateways(gateways: number) {
    this.#words.gateways = gateways;
  }

  /** Another gateway of the site speaks against an address. It counts little: see verdict.ts. */
  heard(word: SiteWord, now: number): void {
    const { gateway, address, name, suspects, for_ms } = word;
    if (!this.#isAccusable(address) || !this.#store.hasRoomToHear(address)) return;
    for (const gone of this.#words.take(word)) this.#unsay(gateway, gone.address, gone.name);
    const evidence = { how: 'site', by: gateway, name } as const;
    const since = this.#store.same(address, evidence)?.since ?? now;
    const expires = now + Math.min(for_ms, SITE_WORD_MS_MAX, this.#options.ttl_ms);
    this.#store.put(address, { ...evidence, since, renewed: now, expires, ...(suspects ? { suspects } : {}) });
  }

  /** Another gateway takes back what it has said of an address. */
  retracted({ gateway, address }: SiteRetraction): void {
    this.#unsay(gateway, address, undefined);
  }

  #unsay(gateway: string, address: string, name: string | undefined): void {
    this.#store.drop(
      address,
      (one) => one.how === 'site' && one.by === gateway && (name === undefined || one.name === name),
    );
  }

  /**
   * Adds evidence of an earlier run, unless the same evidence has been found since. It could not be renewed while no
   * gateway ran, so it does not expire before `release`.
   */
  restore(address: string, evidence: Evidence): void {
    if (!this.#isAccusable(address) || this.#store.same(address, evidence) !== undefined) return;
    // What an operator has said is not found anew by a probe: its time goes on.
    if (evidence.how !== 'operator') this.#store.restore(address, evidence);
    else if (this.#store.hasRoomToSay(address)) this.#store.put(address, evidence);
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
    this.#store.drop(address, (one) => one.how === 'site' && one.name === name);
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
    return this.#verdictOf([...held.evidence.values()], address, held.clearedUntil > 0);
  }

  #verdictOf(evidence: readonly Evidence[], address: string, cleared: boolean): Verdict {
    const ip = parseIp(address) as Uint8Array;
    const worthless = isSpecialIp(ip) || this.#fixed.has(ip);
    return verdictOf(evidence, { worthless, cleared, quorum: this.#words.quorum });
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

  /**
   * A page of the bad addresses by their texts, with the entries of the static list; see bad-address-page.ts. `how`: only those
   * with such evidence.
   */
  page({ after, limit, how }: PageAsked, now: number): BadAddressPage {
    this.expire(now);
    const { fixed } = this.#options;
    const has = (address: string): boolean => this.#evidence(address).some((one) => one.how === how);
    const found = [...this.#store.addresses()].filter((address) => how === undefined || has(address));
    const listed = how === undefined || how === 'static' ? fixed : [];
    const { addresses, ...page } = pageOf(new Set([...listed, ...found]), after, limit);
    const all = new Set(fixed);
    return { ...page, addresses: addresses.map((address) => this.#badAddress(address, all.has(address))) };
  }

  /** What speaks against a canonical address; undefined if nothing does. */
  find(address: string, now: number): BadAddress | undefined {
    this.expire(now);
    const ip = parseIp(address);
    const isFixed = ip !== undefined && this.#fixed.has(ip);
    return isFixed || this.#store.get(address) !== undefined ? this.#badAddress(address, isFixed) : undefined;
  }

  #badAddress(address: string, isFixed: boolean): BadAddress {
    if (isFixed) return { address, evidence: [STATIC_EVIDENCE, ...this.#evidence(address)], verdict: STATIC_VERDICT };
    return { address, evidence: this.#evidence(address), verdict: this.verdict(address) as Verdict };
  }

  /** Those that were found, without the static list, and without dropping expired evidence. */
  found(): BadAddress[] {
    return [...this.#store.addresses()].map((address) => this.#badAddress(address, false));
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
    if (verdict?.everywhere || verdict?.names.includes(name)) return this.#whyBad(address, name);
    const ip = parseIp(address);
    // An address that cannot be parsed cannot be dialled either.
    if (ip === undefined || this.#fixed.has(ip)) return 'static';
    if (verdict?.servers.includes(server.id)) return 'error-correction';
    return this.#rebinding.breaks(server, name, ip) ? 'rebinding' : undefined;
  }

  /**
   * For an address that is bad for the name. What an operator alone has said, or other gateways alone, tells nothing of the rest of an
   * answer.
   */
  #whyBad(address: string, name: string): 'spoofing' | 'injection' | 'operator' | 'site' {
    const held = this.#store.get(address);
    const evidence = this.#evidence(address);
    const found = evidence.filter(({ how }) => how !== 'operator' && how !== 'site');
    const { everywhere, names } = this.#verdictOf(found, address, (held?.clearedUntil ?? 0) > 0);
    if (!everywhere && !names.includes(name)) {
      const isSaid = evidence.some((one) => one.how === 'operator' && (one.name ?? name) === name);
      return isSaid ? 'operator' : 'site';
    }
    return found.some(({ how }) => how === 'spoofing') ? 'spoofing' : 'injection';
  }

  #evidence(address: string): Evidence[] {
    return [...(this.#store.get(address)?.evidence.values() ?? [])];
  }
}
