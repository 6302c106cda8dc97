// The rounds in which one name is asked: the servers, the backups when nothing clean came, then over TCP, UDP, TCP, UDP the
// servers that may still answer; all within one deadline. It neither caches nor joins lookups: see resolver.ts.
import type { Question } from '../../../protocol/dns/message.js';
import type { Options } from '../../../protocol/options.js';
import { Countdown } from '../ask/countdown.js';
import type { Asked, GivenUp } from '../ask/exchange.js';
import type { Judge } from '../ask/judge.js';
import type { Server, Way } from '../transports/configured-server.js';
import { askPair, type PairAnswer, type PairFound, type PairHandler, type PairOutcome } from './pair.js';

export interface Servers {
  readonly first: readonly Server[];
  readonly backup: readonly Server[];
}

export interface Resolving {
  readonly servers: Servers;
  readonly types: readonly Question['type'][];
  readonly judge: Judge;
  readonly limits: Pick<Options['dns'], 'timeout_ms' | 'try_timeout_ms'>;
}

/** `again`: the servers that have said nothing, or nothing clean, and have that transport. */
const STEPS: readonly { readonly asked: 'first' | 'backup' | 'again'; readonly way: Way }[] = [
  { asked: 'first', way: 'usual' },
  { asked: 'backup', way: 'usual' },
  { asked: 'again', way: 'tcp' },
  { asked: 'again', way: 'udp' },
  { asked: 'again', way: 'tcp' },
  { asked: 'again', way: 'udp' },
];

/** Calls `whole` within `dns.timeout_ms`. At least one server must be configured. */
export function resolveName(name: string, resolving: Resolving, handler: PairHandler): Asked {
  const resolution = new Resolution(name, resolving, handler);
  resolution.start();
  return resolution;
}

class Resolution implements Asked, PairHandler {
  readonly #name: string;
  readonly #resolving: Resolving;
  readonly #handler: PairHandler;
  #step = 0;
  #asked: readonly Server[] = [];
  #again: readonly Server[] = [];
  #reasons: readonly string[] = [];
  #spare: PairAnswer | undefined;
  #deadline: Countdown | undefined;
  #current: Asked | undefined;
  #cancelled = false;

  constructor(name: string, resolving: Resolving, handler: PairHandler) {
    this.#name = name;
    this.#resolving = resolving;
    this.#handler = handler;
  }

  start(): void {
    this.#deadline = new Countdown(this.#resolving.limits.timeout_ms, () => this.cancel('timed-out'));
    this.#next();
  }

  cancel(why: GivenUp): void {
    this.#cancelled = true;
    this.#current?.cancel(why);
  }

  early(answer: PairFound): void {
    this.#handler.early(answer);
  }

  whole(outcome: PairOutcome): void {
    if (outcome.kind !== 'failed') {
      this.#finish(outcome);
      return;
    }
    this.#reasons = [...this.#reasons, outcome.reason];
    this.#spare ??= outcome.spare;
    const others = this.#again.filter((server) => !this.#asked.includes(server));
    this.#again = [...others, ...outcome.again];
    this.#next();
  }

  #next(): void {
    while (this.#step < STEPS.length && !this.#cancelled) {
      const { asked, way } = STEPS[this.#step] as (typeof STEPS)[number];
      this.#step += 1;
      const { servers, types, judge, limits } = this.#resolving;
      this.#asked = asked === 'again' ? this.#again.filter((server) => server.goes(way)) : servers[asked];
      if (this.#asked.length === 0) continue;
      const asking = { servers: this.#asked, types, way, judge, timeout_ms: limits.try_timeout_ms };
      this.#current = askPair(this.#name, asking, this);
      return;
    }
    this.#finish(this.#spare ?? this.#failure());
  }

  #failure(): PairOutcome {
    const reason = [...new Set(this.#reasons)].join('; ') || 'no server to ask';
    return { kind: 'failed', reason, again: [], spare: undefined };
  }

  #finish(outcome: PairOutcome): void {
    this.#deadline?.cancel();
    this.#handler.whole(outcome);
  }
}
