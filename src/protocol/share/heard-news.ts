// What follows from the news of other gateways: which of the own lines are tried last for some seconds, and what is said against
// addresses. A gateway that has been shown to be wrong of a line is not believed about it for a while. Pure: times are of any one
// clock.
import { formatIp } from '../address/address.js';
import { normaliseName } from '../address/host-name.js';
import type { LineEvent } from '../lines/health/health.js';
import type { Line } from '../lines/line.js';
import type { SiteRetraction, SiteWord } from '../trust/site-words.js';
import { ForeignLines } from './foreign-lines.js';
import { LineIds } from './line-ids.js';
import type { News } from './news.js';
import type { SiteSecrets } from './secrets.js';

type ForeignDown = Extract<LineEvent, { readonly kind: 'foreign-down' }>;

/** What the other actors are to be told. */
export interface Heard {
  readonly lines: readonly ForeignDown[];
  readonly words: readonly SiteWord[];
  readonly retractions: readonly SiteRetraction[];
  /** Words on lines of which this gateway has seen that they are wrong. */
  readonly disbelieved: number;
}

/** News of one gateway, and since when they have been told. */
export interface Told {
  readonly gateway: string;
  readonly news: readonly News[];
  readonly age_ms: number;
}

export class HeardNews {
  readonly #foreign = new ForeignLines();
  #ids: LineIds;

  constructor(secrets: SiteSecrets, lines: readonly Pick<Line, 'number' | 'name'>[]) {
    this.#ids = new LineIds(secrets, lines);
  }

  /** Other lines, or other gateways. What is known of those that stay is kept. */
  set(secrets: SiteSecrets, lines: readonly Pick<Line, 'number' | 'name'>[], gateways: ReadonlySet<string>): void {
    this.#ids = new LineIds(secrets, lines);
    this.#foreign.keep(new Set(lines.map(({ number }) => number)), gateways);
  }

  take({ gateway, news, age_ms }: Told, now: number): Heard {
    const lines: ForeignDown[] = [];
    let disbelieved = 0;
    const words: SiteWord[] = [];
    const retractions: SiteRetraction[] = [];
    for (const one of news) {
      switch (one.kind) {
        case 'line-down':
        case 'line-up': {
          const event = this.#lineEvent(gateway, one, age_ms, now);
          if (event === 'disbelieved') disbelieved += 1;
          else if (event !== undefined) lines.push(event);
          break;
        }
        case 'bad-address': {
          const name = normaliseName(one.name);
          const for_ms = one.for_s * 1000 - age_ms;
          if (name === undefined || for_ms <= 0) break;
          words.push({ gateway, address: formatIp(one.address), name, suspects: one.how === 'outcome', for_ms });
          break;
        }
        case 'good-address':
          retractions.push({ gateway, address: formatIp(one.address) });
          break;
        default:
          one satisfies never;
      }
    }
    return { lines, words, retractions, disbelieved };
  }

  #lineEvent(
    by: string,
    { kind, line: id }: Extract<News, { readonly kind: 'line-down' | 'line-up' }>,
    ago_ms: number,
    now: number,
  ): ForeignDown | 'disbelieved' | undefined {
    const line = this.#ids.numberOf(id);
    if (line === undefined) return undefined;
    if (kind === 'line-up') {
      return this.#foreign.up(by, line, now) ? { kind: 'foreign-down', line, by, ago_ms, for_ms: 0 } : undefined;
    }
    if (this.#foreign.isDisbelieved(by, line, now)) return 'disbelieved';
    const for_ms = this.#foreign.down(by, line, ago_ms, now);
    return for_ms > 0 ? { kind: 'foreign-down', line, by, ago_ms, for_ms } : undefined;
  }

  /** An actor of this gateway has seen the line work `ago_ms` ago. */
  works(line: number, ago_ms: number, now: number): void {
    this.#foreign.works(line, now - ago_ms, now);
  }
}
