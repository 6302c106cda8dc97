// The trust of the DNS actor: the blacklist with its clock, its sources (the prober, real queries, connections, the state
// file) and the feeds that push its changes. The rules are not here but in protocol/trust.
import type { MessagePort } from 'node:worker_threads';
import { StateFile, type Warn } from '../../../files/state-file.js';
import { comparedAddress } from '../../../protocol/address/embedded-ipv4.js';
import type { Options } from '../../../protocol/options.js';
import type { BadAddressPage, PageAsked } from '../../../protocol/trust/bad-address-page.js';
import { Blacklist, type Finding, type Said } from '../../../protocol/trust/blacklist.js';
import type { AnsweringServer, AnswerVerdict, BadAddress } from '../../../protocol/trust/evidence.js';
import { ConnectionOutcomes, type Observation } from '../../../protocol/trust/outcomes.js';
import type { SiteRetraction, SiteWord } from '../../../protocol/trust/site-words.js';
import { encodeSnapshot, type KeptAddress, parseSnapshot, SNAPSHOT_BEGIN } from '../../../protocol/trust/snapshot.js';
import { closed } from '../../../threads/port.js';
import { BadAddressFeed } from './bad-address-feed.js';
import { KeptEvidence } from './kept-evidence.js';
import { type ProbeCounts, Prober } from './probe.js';
import type { AskServer } from './probe-servers.js';
import { readBadAddresses } from './state-file.js';
import { VerifiedAddresses, type VerifyAddress } from './verified-addresses.js';
import { worthProbing } from './worth-probing.js';

export interface TrustParts {
  readonly ask: AskServer;
  readonly warn: Warn;
  /** Milliseconds since the epoch, of a clock that does not go back. */
  readonly now?: () => number;
  readonly verify?: VerifyAddress;
  /** True where another process writes the state file. */
  readonly readOnly?: boolean;
  /** In the form of the state file, which then is read only if it is new. */
  readonly evidence?: string | undefined;
  readonly isFileNew?: boolean | undefined;
}

type TrustingOptions = Pick<Options, 'nameservers' | 'nameservers_backup' | 'blacklist' | 'lines' | 'dns'>;

/** For weak evidence: a real query may have had two honest answers, and a site may be back at any time. */
const WEAK_TTL_MS = 1_800_000;
/** Two, since a single reset may happen to any server. Not more, since a suspect address is only tried last. */
const OUTCOME_FAILURES_MIN = 2;
const OBSERVED_NAMES_MAX = 4096;
const INTERCEPTED =
  'dns.probe: the network answers DNS queries over UDP in place of the servers that they are sent to, so the servers of "nameservers" may not be those that answer: use servers of kind tls:// or https://, or ask them through a proxy ("via")';

export class Trust {
  readonly #blacklist: Blacklist;
  readonly #outcomes: ConnectionOutcomes;
  readonly #prober: Prober;
  readonly #verified: VerifiedAddresses | undefined;
  readonly #kept: KeptEvidence;
  readonly #now: () => number;
  readonly #warn: Warn;
  readonly #feeds = new Map<MessagePort, BadAddressFeed>();
  /** How long weak evidence lasts. */
  readonly #weak_ms: number;
  readonly #bad_max: number;
  #probed: ProbeCounts = { probes: 0, found: 0, intercepted: 0 };

  /** Reads the state file, so that the list of the last run serves from the first answer on. */
  constructor(options: TrustingOptions, parts: TrustParts) {
    const { dns, blacklist, lines } = options;
    const { servers, network } = worthProbing(options);
    const isProbing = dns.probe.enabled === 'on' && (servers.length > 0 || network);
    this.#now = parts.now ?? (() => performance.timeOrigin + performance.now());
    this.#warn = parts.warn;
    const ttl_ms = dns.bad_ttl_s * 1000;
    this.#weak_ms = Math.min(WEAK_TTL_MS, ttl_ms);
    this.#bad_max = dns.bad_max;
    this.#blacklist = new Blacklist({
      fixed: blacklist,
      rebindAllow: dns.rebind_allow,
      trusted: dns.trusted,
      addresses_max: dns.bad_max,
      ttl_ms,
    });
    this.#outcomes = new ConnectionOutcomes({
      failures_min: OUTCOME_FAILURES_MIN,
      window_ms: WEAK_TTL_MS,
      names_max: OBSERVED_NAMES_MAX,
    });
    const direct = lines.some(({ isDirect }) => isDirect);
    const cleared = (address: string, name: string) => this.#cleared(address, name);
    // Where all lines go through proxies, no address may be dialled directly.
    this.#verified = direct ? new VerifiedAddresses(cleared, this.#now, parts.verify) : undefined;
    const writes = dns.state_file !== null && parts.readOnly !== true;
    const state = writes ? new StateFile(dns.state_file, parts.warn, SNAPSHOT_BEGIN) : undefined;
    this.#kept = new KeptEvidence(state, () => this.#blacklist.found());
    const { evidence, isFileNew = false } = parts;
    if (dns.state_file !== null && (evidence === undefined || isFileNew)) {
      this.#restore(isProbing, readBadAddresses(dns.state_file, this.#bounds(), parts.warn));
    }
    if (evidence !== undefined) this.#restore(isProbing, given(evidence, this.#bounds()));
    const enabled = isProbing ? 'on' : 'off';
    const phantom_servers = network ? dns.probe.phantom_servers : [];
    this.#prober = new Prober(
      { ...dns.probe, enabled, phantom_servers },
      {
        servers,
        ask: parts.ask,
        timeout_ms: dns.try_timeout_ms,
        found: (finding) => this.#found(finding),
        done: (counts) => this.#done(counts),
      },
    );
  }

  /** Removes expired addresses: to be called every few seconds. */
  expire(): void {
    this.#blacklist.expire(this.#now());
    this.#publish();
  }

  /** Begins to probe. */
  start(): void {
    this.#prober.start();
  }

  get tables() {
    return {
      bad_addresses: { size: this.#blacklist.size, max: this.#bad_max },
      observed_names: { size: this.#outcomes.size, max: OBSERVED_NAMES_MAX },
    };
  }

  /** Addresses with evidence of each kind, but for those of the configuration. */
  get kinds(): Readonly<Record<string, number>> {
    return this.#blacklist.kinds;
  }

  /** Settles after the first round of probes, or at once where nothing is to be probed. */
  get probedOnce(): Promise<void> {
    return this.#prober.once;
  }

  get probed(): ProbeCounts {
    return this.#probed;
  }

  /** Judges an answer: canonical addresses, for a normalised name. */
  judge(server: AnsweringServer, name: string, addresses: readonly string[]): AnswerVerdict {
    const verdict = this.#blacklist.judge(server, name, addresses, this.#now());
    for (const { address, why } of verdict.dropped) {
      if (why === 'spoofing' && !this.#blacklist.verdict(address)?.names.includes(name)) {
        this.#verified?.consider(address, name);
      }
    }
    return verdict;
  }

  /** The same, which nothing follows from. */
  verdict(server: AnsweringServer, name: string, addresses: readonly string[]): AnswerVerdict {
    return this.#blacklist.judge(server, name, addresses, this.#now());
  }

  /** Records addresses that a server's later answer to the same query contradicted. */
  injected(server: string, name: string, addresses: readonly string[]): void {
    const now = this.#now();
    for (const address of addresses)
      this.#blacklist.add({ address, how: 'injection', by: server, name }, now, this.#weak_ms);
    this.#publish();
  }

  /** Records the outcomes of connections. */
  observed(observations: readonly Observation[]): void {
    const now = this.#now();
    for (const observation of observations) {
      const { name, address, result } = observation;
      const { suspect, works } = this.#outcomes.observe(observation, now);
      if (works !== undefined) this.#blacklist.absolve(works, name);
      if (result === 'tls' && address !== undefined) this.#blacklist.clear(address, name, now);
      for (const one of suspect) {
        this.#blacklist.add({ address: one, how: 'outcome', by: 'connections', name }, now, this.#weak_ms);
      }
    }
    this.#publish();
  }

  /** What other gateways say, where this one has not seen with its own eyes that it is not so. `gateways`: those of the site. */
  siteSays(words: readonly SiteWord[], retractions: readonly SiteRetraction[], gateways: number): void {
    const now = this.#now();
    this.#blacklist.gateways = gateways;
    for (const one of retractions) this.#blacklist.retracted(one);
    for (const word of words) {
      // The same address may be written in another way.
      const addresses = [word.address, comparedAddress(word.address)];
      const isSeen = addresses.some((address) => this.#outcomes.answersTls(word.name, address, now));
      if (!isSeen) this.#blacklist.heard(word, now);
    }
    this.#publish();
  }

  /** Pushes all bad addresses, and from then on every change, until the other end of the port closes. */
  subscribe(pushes: MessagePort): void {
    const feed = new BadAddressFeed(pushes);
    this.#feeds.set(pushes, feed);
    pushes.once('close', () => this.#feeds.delete(pushes));
    feed.tell(this.#blacklist.found().map(({ address, verdict }) => ({ address, verdict })));
  }

  /** Tells the subscribed connection actors that answers for `names` may be outdated; undefined for all names. */
  namesChanged(names: readonly string[] | undefined): void {
    for (const feed of this.#feeds.values()) feed.namesChanged(names);
  }

  list(): BadAddress[] {
    return this.#blacklist.list(this.#now());
  }

  page(asked: PageAsked): BadAddressPage {
    return this.#blacklist.page(asked, this.#now());
  }

  /** What speaks against a canonical address; undefined if nothing does. */
  find(address: string): BadAddress | undefined {
    return this.#blacklist.find(address, this.#now());
  }

  /** An operator says that a canonical address is bad, for a normalised name or (undefined) for all; `lasts_ms`: Infinity if it has no end. */
  say(address: string, name: string | undefined, lasts_ms: number): Said {
    const now = this.#now();
    const said = this.#blacklist.say(address, name, now + lasts_ms, now);
    this.#publish();
    if (said === 'added') this.#kept.saveSoon();
    return said;
  }

  /** Removes an address by hand. False if it was not on the list; an address of the configuration stays. */
  undo(address: string): boolean {
    const undone = this.#blacklist.undo(address);
    this.#publish();
    if (undone) this.#kept.saveSoon();
    return undone;
  }

  /** Writes the state file, if there is one and this process may write it. */
  async save(): Promise<void> {
    await this.#kept.save();
  }

  /** All that can be kept, in the form of the state file. */
  evidence(): string {
    return encodeSnapshot(this.#blacklist.found());
  }

  /** Another one has taken over: the state file is its, once this resolves. */
  async retire(): Promise<void> {
    await this.#kept.retire();
  }

  /** Settles when no socket, timer or port is left and the state file is written. */
  async stop(): Promise<void> {
    this.#kept.stop();
    this.#verified?.stop();
    await this.#prober.stop();
    await this.save();
    await Promise.all([...this.#feeds.keys()].map(closed));
  }

  #bounds(): { readonly now: number; readonly addresses_max: number } {
    return { now: this.#now(), addresses_max: this.#bad_max };
  }

  #restore(isProbing: boolean, addresses: readonly KeptAddress[]): void {
    for (const { address, evidence } of addresses) {
      for (const one of evidence) this.#blacklist.restore(address, one);
    }
    // Restored evidence holds until the first probe is done; where nothing is probed, it is released now.
    if (!isProbing) this.#blacklist.release(this.#now());
    this.#blacklist.changes();
  }

  #found(finding: Finding): void {
    this.#blacklist.add(finding, this.#now());
    this.#publish();
  }

  #done(counts: ProbeCounts): void {
    if (counts.intercepted > 0 && this.#probed.intercepted === 0) this.#warn(INTERCEPTED);
    this.#probed = counts;
    this.#blacklist.release(this.#now());
    this.#publish();
    void this.save();
  }

  #cleared(address: string, name: string): void {
    this.#blacklist.clear(address, name, this.#now());
    this.#publish();
  }

  #publish(): void {
    const changes = this.#blacklist.changes();
    if (changes.length === 0) return;
    for (const feed of this.#feeds.values()) feed.tell(changes);
  }
}

function given(evidence: string, { now, addresses_max }: { readonly now: number; readonly addresses_max: number }) {
  const parsed = parseSnapshot(evidence, now, addresses_max);
  return parsed.kind === 'snapshot' ? parsed.addresses : [];
}
