// What is remembered of a flow's destination, and what the flow learns of it. It is the memory of connections with keys of its own,
// so that pushes, bounds and the state file are those of routes. A candidate of a line with proxies has no address of its own there.
import type { Target } from '../../../../protocol/address/target.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { Preferences } from '../../../../protocol/lines/preferences.js';
import type { CandidateMemory, RouteFailure } from '../../../../protocol/routes/candidate-memory.js';
import { destinationKey, siteKey, udpKey, udpSiteKey } from '../../../../protocol/routes/destination-key.js';
import type { DestinationMemory, LineView } from '../../../../protocol/routes/destination-memory.js';
import { homeTrial } from '../../../../protocol/routes/home-trial.js';
import type { Choice } from '../../../../protocol/rules/rule.js';
import { askerOf } from '../../../../protocol/rules/sticky.js';
import type { Client } from '../../../../protocol/users/client.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';
import type { Sites } from '../../shared/sites.js';

/** The parts of the actor's context that this needs. */
export interface FlowMemoryParts {
  readonly engine: { readonly now: number };
  readonly routes: Pick<RoutesReplica, 'ttl_ms' | 'get' | 'open' | 'answered' | 'failed' | 'tried'>;
  readonly sites: Pick<Sites, 'of'>;
  readonly options: { readonly cache: { readonly refresh_s: number } };
}

/** Stands for the address of a line with proxies, and for all addresses of a line. */
const ANY = new Uint8Array(4);

/** `ip`: the destination's, where a direct line sends to it. */
export const candidateOf = (line: number, ip: Uint8Array | undefined): Candidate => ({ line, ip: ip ?? ANY });

export class FlowMemory {
  readonly #parts: FlowMemoryParts;
  /** Undefined where there is nothing to choose. */
  readonly #key: string | undefined;
  /** Of all hosts of the site, for the asker; undefined where hosts are remembered one by one. */
  readonly #siteKey: string | undefined;
  /** What connections to the destination, or of the asker, go by. */
  readonly #connectionKey: string;
  #memory: DestinationMemory | undefined;
  readonly isSticky: boolean;

  /** `lines`: how many may be used. For `choice` and `client` see flow-lines.ts. */
  constructor(
    parts: FlowMemoryParts,
    target: Target,
    lines: number,
    choice: Choice | undefined,
    client: Client | undefined,
  ) {
    const { asked, ip, port } = target;
    const sticky = client !== undefined && choice?.sticky;
    const asker = sticky ? askerOf(sticky, client) : undefined;
    const site = sticky === 'site' ? parts.sites.of(target) : undefined;
    const own = site === undefined ? asker : undefined;
    this.#parts = parts;
    this.#key = lines === 1 && ip !== undefined ? undefined : udpKey(asked, port, own);
    this.#siteKey = site === undefined || asker === undefined ? undefined : udpSiteKey(site, asker);
    this.#connectionKey =
      site === undefined || asker === undefined ? destinationKey(asked, port, asker) : siteKey(site, asker);
    this.isSticky = asker !== undefined;
    if (this.#key !== undefined) this.#memory = parts.routes.get(this.#key, parts.engine.now);
  }

  /** Whether there is anything to choose. */
  get isChoice(): boolean {
    return this.#key !== undefined;
  }

  /** By which lines with weights share the destinations. */
  get key(): string {
    return this.#key ?? this.#connectionKey;
  }

  find(candidate: Candidate): CandidateMemory | undefined {
    return this.#memory?.find(candidate);
  }

  /** The candidate that worked best; undefined where none is known to work, or all are to have their turns again. */
  lead(view: LineView): Candidate | undefined {
    const { routes, engine, options } = this.#parts;
    const kept = this.#siteKey === undefined ? undefined : this.#keptLine(this.#siteKey, view);
    const memory = this.#memory;
    if (memory === undefined) return kept === undefined ? undefined : candidateOf(kept, undefined);
    const refresh_ms = options.cache.refresh_s * 1000;
    const isOld = refresh_ms > 0 && engine.now - memory.raced >= refresh_ms;
    if (isOld && !this.isSticky) return undefined;
    const lines = kept === undefined ? view : only(view, kept);
    const best = memory.choose(engine.now, routes.ttl_ms, lines, this.isSticky && this.#siteKey === undefined);
    return best ?? (kept === undefined ? undefined : candidateOf(kept, undefined));
  }

  #keptLine(key: string, view: LineView): number | undefined {
    const { routes, engine } = this.#parts;
    return routes.get(key, engine.now)?.choose(engine.now, routes.ttl_ms, view, true)?.line;
  }

  /** The line over which connections to the destination work best, or on which a sticky rule keeps the asker's. */
  connects(): number | undefined {
    const { routes, engine } = this.#parts;
    const best = routes.get(this.#connectionKey, engine.now)?.best;
    return best?.isUsable(engine.now, routes.ttl_ms, this.isSticky) ? best.line : undefined;
  }

  /** A cheaper candidate than the lead's, if it is time to try one again. */
  trial(
    lead: Candidate,
    preferences: Preferences | undefined,
    lines: readonly number[],
    view: LineView & { addressesOf(line: number): readonly Uint8Array[] },
  ): Candidate | undefined {
    const memory = this.#memory;
    if (preferences === undefined || memory === undefined || this.isSticky) return undefined;
    if (preferences.isCheapest(lead.line)) return undefined;
    const { engine } = this.#parts;
    const home = {
      ...{ preferences, numbers: lines },
      mayUse: (line: number) => view.mayUse(line),
      outage: (line: number) => view.outage(line),
      addressesOf: (line: number) => view.addressesOf(line),
    };
    return homeTrial(memory, lead.line, home, engine.now);
  }

  /** That candidate is tried. */
  tried(candidate: Candidate): void {
    const { routes, engine } = this.#parts;
    if (this.#key !== undefined && this.#memory !== undefined)
      routes.tried(this.#key, this.#memory, candidate, engine.now);
  }

  /** Whether datagrams over the line have failed, and not worked since. */
  isDoubted(line: number): boolean {
    const { engine } = this.#parts;
    const known = this.#memory?.candidates.filter((one) => one.line === line) ?? [];
    return known.length > 0 && known.every((one) => one.isDoubted(engine.now));
  }

  /** It has answered, `after_ms` after the first datagram. */
  answered(candidate: Candidate, after_ms: number): void {
    const { routes, engine } = this.#parts;
    const { now } = engine;
    if (this.#key !== undefined) {
      this.#memory ??= routes.open(this.#key, now);
      routes.answered(this.#key, this.#memory, candidate, after_ms, now);
    }
    if (this.#siteKey === undefined) return;
    const site = routes.open(this.#siteKey, now);
    routes.answered(this.#siteKey, site, candidateOf(candidate.line, undefined), after_ms, now);
  }

  /** All candidates had their turns, as far as they were needed. */
  raced(): void {
    if (this.#memory !== undefined) this.#memory.raced = this.#parts.engine.now;
  }

  /** Whether anything is remembered, so that a failure is news at once. */
  get isKnown(): boolean {
    return this.#memory !== undefined;
  }

  /** `isBettered`: another line has answered instead. */
  failed(candidate: Candidate, cause: RouteFailure, isBettered: boolean): void {
    const { routes, engine } = this.#parts;
    const { now } = engine;
    if (this.#key !== undefined) {
      this.#memory ??= routes.open(this.#key, now);
      routes.failed(this.#key, this.#memory, candidate, cause, now);
    }
    const site = isBettered && this.#siteKey !== undefined ? routes.get(this.#siteKey, now) : undefined;
    if (site === undefined || this.#siteKey === undefined) return;
    routes.failed(this.#siteKey, site, candidateOf(candidate.line, undefined), cause, now);
  }
}

function only(view: LineView, kept: number): LineView {
  return {
    mayUse: (line) => line === kept && view.mayUse(line),
    answersEarly: (line) => view.answersEarly(line),
    outage: (line) => view.outage(line),
  };
}
