// The news of the site: reads once a second what other gateways say, has this gateway's actors know what follows from it, and tells
// what this one has seen itself. What is believed is decided in protocol/share and by those who are told.
import { randomBytes } from 'node:crypto';
import { type LineEvent, LineHealth } from '../../../protocol/lines/health/health.js';
import { tableLength } from '../../../protocol/lines/numbers.js';
import { type Heard, HeardNews } from '../../../protocol/share/heard-news.js';
import { newsKey } from '../../../protocol/share/keys.js';
import { LineIds } from '../../../protocol/share/line-ids.js';
import { LinesTold } from '../../../protocol/share/lines-told.js';
import { NEWS_AT_ONCE, type News } from '../../../protocol/share/news.js';
import { NewsReader } from '../../../protocol/share/news-reader.js';
import { NewsTeller } from '../../../protocol/share/news-teller.js';
import { OwnAddresses } from '../../../protocol/share/own-addresses.js';
import { OwnLines } from '../../../protocol/share/own-lines.js';
import { NONCE_OCTETS } from '../../../protocol/share/seal.js';
import { publicKey, signKey } from '../../../protocol/share/signature.js';
import type { ShareOptions } from '../../../protocol/share-options.js';
import type { BadAddressChange } from '../../../protocol/trust/evidence.js';
import type { NewsSeen } from '../../../threads/contracts/admin/share.js';
import type { NamesActor } from '../../../threads/contracts/dns.js';
import type { RoutesActor } from '../../../threads/contracts/routes.js';
import { SHARE_ACTOR } from '../../../threads/contracts/share.js';
import type { Command, Reply } from '../engine/engine.js';
import type { Room, ShareParts } from '../shared/room.js';
import type { Site } from '../shared/site.js';
import { NewsCounts } from './counts.js';
import { type Entry, entriesOf, type Place, placeAt, READ_MAX, read, TIME, timeOf, write } from './stream.js';

/** No two rounds begin within this time. */
const EACH_MS = 900;
const WITHIN_MS = 500;
/** What came earlier is of no use when a gateway begins to read. */
const BEGIN_MS = 60_000;
/**
 * After so many rounds in a row without an answer, the reader begins behind all that is there: one entry may be larger than what the
 * engine is heard with.
 */
const UNANSWERED_MAX = 2;
/** A reader that lags by more leaves out what is between: somebody writes more than is ever read. */
const LAG_MAX_MS = 5000;

export interface NewsParts extends Pick<ShareParts, 'site' | 'options' | 'now' | 'tell'> {
  routes(): Pick<RoutesActor, 'report'> | undefined;
  names(): Pick<NamesActor, 'siteSays'> | undefined;
}

/** With whom, and under which name, news are exchanged. */
interface Exchange {
  readonly site: Site;
  readonly reader: NewsReader;
  /** Undefined where this gateway has no key to sign with. */
  readonly teller: NewsTeller | undefined;
  readonly gateways: number;
  readonly told: LinesTold;
  readonly heard: HeardNews;
}

export class NewsRoom implements Room {
  readonly #parts: NewsParts;
  readonly #counts: NewsCounts;
  readonly #health: LineHealth;
  readonly #ownLines: OwnLines;
  readonly #ownAddresses = new OwnAddresses();
  #exchange: Exchange | undefined;
  #ids: LineIds | undefined;
  #identity = '';
  #place: Place | undefined;
  /** By how much the engine's clock is ahead of this actor's; undefined before it has been asked. */
  #ahead_ms: number | undefined;
  #begun = Number.NEGATIVE_INFINITY;
  /** Rounds in a row. */
  #unanswered = 0;
  /** Whether the engine has been asked and has not answered yet. */
  isUnderWay = false;

  constructor(parts: NewsParts) {
    this.#parts = parts;
    this.#counts = new NewsCounts(parts.tell);
    this.#health = new LineHealth(tableLength(parts.options().lines));
    this.#ownLines = new OwnLines(this.#health);
    this.configured();
  }

  configured(): void {
    const { lines, share } = this.#parts.options();
    this.#health.grow(tableLength(lines));
    const before = this.#exchange;
    const site = this.#parts.site();
    const identity = JSON.stringify([share.news, share.gateways, share.sign_key_file]);
    if (before?.site !== site || identity !== this.#identity) this.#exchange = exchangeOf(site, share, before);
    this.#identity = identity;
    if (this.#exchange?.site !== before?.site) {
      this.#place = undefined;
      this.#ahead_ms = undefined;
    }
    if (this.#exchange === undefined) return;
    const { secrets } = this.#exchange.site;
    const names = new Set(share.gateways.map(({ name }) => name));
    this.#ids = new LineIds(secrets, lines);
    this.#exchange.heard.set(secrets, lines, names);
    this.#exchange.told.keep(new Set(lines.map(({ number }) => number)));
  }

  routesChanged(_routes: unknown, events: readonly LineEvent[]): void {
    const now = this.#parts.now();
    for (const event of events) {
      if (event.kind === 'foreign-down') continue;
      this.#health.grow(event.line + 1);
      this.#health.apply(event, now);
      this.#ownLines.learned(event, now);
      if (event.kind === 'works' && !event.near) this.#exchange?.heard.works(event.line, event.ago_ms, now);
    }
  }

  badAddressesChanged(changes: readonly BadAddressChange[], whole: boolean): void {
    this.#ownAddresses.changed(changes, whole, epoch(this.#parts.now()));
  }

  beat(): void {
    const exchange = this.#exchange;
    const now = this.#parts.now();
    if (exchange === undefined || !exchange.site.engine.isUp) return;
    if (this.isUnderWay || now - this.#begun < EACH_MS) return;
    this.#begun = now;
    this.isUnderWay = true;
    void this.#round(exchange).finally(() => {
      this.isUnderWay = false;
    });
  }

  /** One question to the engine; another one before the first, for the engine's clock. */
  async #round(exchange: Exchange): Promise<void> {
    if (this.#place === undefined && !(await this.#begin(exchange))) return;
    const place = this.#place as Place;
    const key = newsKey(exchange.site.secrets.site);
    const news = exchange.teller === undefined ? [] : this.#due(exchange);
    const commands: Command[] = [TIME, read(key, place)];
    if (exchange.teller !== undefined && news.length > 0) {
      const engineNow = this.#parts.now() + (this.#ahead_ms as number);
      commands.push(...write(key, exchange.teller.tell(news, engineNow, randomBytes(NONCE_OCTETS))));
    }
    const replies = await exchange.site.engine.ask(commands, WITHIN_MS);
    if (exchange !== this.#exchange) return;
    this.#wasTold(news, replies?.[2]);
    const engineNow = this.#clock(replies?.[0]);
    this.#unanswered = replies === undefined ? this.#unanswered + 1 : 0;
    if (this.#unanswered >= UNANSWERED_MAX) this.#place = undefined;
    // Something else may be under the key.
    if (!Array.isArray(replies?.[1]) || engineNow === undefined) return;
    this.#counts.read(this.#parts.now());
    const entries = entriesOf(replies[1]);
    this.#place = placeBehind(entries, place, engineNow);
    this.#hear(exchange, entries, engineNow);
  }

  /** Begins to read what has come lately. Returns false where the engine does not answer. */
  async #begin(exchange: Exchange): Promise<boolean> {
    const replies = await exchange.site.engine.ask([TIME], WITHIN_MS);
    if (exchange !== this.#exchange) return false;
    const engineNow = this.#clock(replies?.[0]);
    const since_ms = this.#unanswered >= UNANSWERED_MAX ? 0 : BEGIN_MS;
    if (engineNow !== undefined) this.#place = placeAt(engineNow - since_ms);
    return engineNow !== undefined;
  }

  #clock(reply: Reply | undefined): number | undefined {
    const engineNow = timeOf(reply);
    if (engineNow !== undefined) this.#ahead_ms = engineNow - this.#parts.now();
    return engineNow;
  }

  /** What this gateway has to tell. */
  #due({ told }: Exchange): readonly News[] {
    const now = this.#parts.now();
    const lines = this.#parts.options().lines.map(({ number }) => number);
    const down = this.#ownLines.down(lines, now);
    for (const line of lines) told.see(line, down.has(line));
    const news: News[] = told.due(now).flatMap(({ kind, line }): News[] => {
      const id = this.#ids?.idOf(line);
      return id === undefined ? [] : [{ kind, line: id }];
    });
    const ofLines = news.slice(0, NEWS_AT_ONCE);
    return [...ofLines, ...this.#ownAddresses.due(NEWS_AT_ONCE - ofLines.length, epoch(now))];
  }

  /** What has not come out of lines is told with the next word anyway. */
  #wasTold(news: readonly News[], reply: Reply | undefined): void {
    if (news.length === 0) return;
    // The id of the entry.
    if (Buffer.isBuffer(reply)) this.#counts.told(news.length);
    else if (news.some(({ kind }) => kind === 'bad-address' || kind === 'good-address')) this.#ownAddresses.unsaid();
  }

  #hear(exchange: Exchange, entries: readonly Entry[], engineNow: number): void {
    const now = this.#parts.now();
    const { reader, heard, told, gateways } = exchange;
    const all: Heard[] = [];
    for (const { ms, value } of entries) {
      const message = reader.read(value, ms, engineNow);
      if (message.kind === 'own') continue;
      if (message.kind === 'refused') {
        this.#counts.refused(message.why, message.gateway, now);
        continue;
      }
      const { gateway, news } = message;
      const one = heard.take(message, now);
      all.push(one);
      this.#counts.believed(news, one);
      for (const { line, by, ago_ms, for_ms } of one.lines) if (for_ms > 0) told.heard(by, line, ago_ms, now);
      for (const each of news) {
        const line = each.kind === 'line-up' ? this.#ids?.numberOf(each.line) : undefined;
        if (line !== undefined) told.heardUp(gateway, line);
      }
    }
    this.#pass(all, gateways);
  }

  /** A dead actor never answers; the next one hears what is told again. */
  #pass(all: readonly Heard[], gateways: number): void {
    // Of a line only the last event, so that however many speak of it, other events of lines are not displaced.
    const lines = new Map(all.flatMap((one) => one.lines.map((event) => [event.line, event] as const)));
    const words = all.flatMap((one) => one.words);
    const retractions = all.flatMap((one) => one.retractions);
    if (lines.size > 0)
      this.#parts
        .routes()
        ?.report(SHARE_ACTOR, [], [...lines.values()])
        .catch(() => {});
    if (words.length + retractions.length > 0)
      this.#parts
        .names()
        ?.siteSays(words, retractions, gateways)
        .catch(() => {});
  }

  get counts(): { readonly told: number; readonly heard: number; readonly refused: number } {
    return this.#counts.sums;
  }

  seen(): { readonly news?: NewsSeen } {
    return this.#exchange === undefined ? {} : { news: this.#counts.seen(this.#parts.now()) };
  }

  close(): void {
    this.#exchange = undefined;
  }
}

/** Undefined where nothing is told or believed. What was heard before in the same site is kept. */
function exchangeOf(site: Site | undefined, share: ShareOptions, before: Exchange | undefined): Exchange | undefined {
  if (site === undefined || !share.news) return undefined;
  const keys = new Map(
    share.gateways.flatMap(({ name, key }) => {
      const known = publicKey(key);
      return known === undefined || name === site.gateway ? [] : [[name, known] as const];
    }),
  );
  const key = share.sign_key_file === null ? undefined : signKey(share.sign_key_file.secret);
  if (keys.size === 0 && key === undefined) return undefined;
  const { secrets, gateway } = site;
  const isSame = before?.site === site;
  return {
    site,
    gateways: share.gateways.length,
    reader: new NewsReader(secrets, gateway, keys),
    teller: key && new NewsTeller(secrets, gateway, key),
    told: isSame ? before.told : new LinesTold(gateway, Math.random),
    heard: isSame ? before.heard : new HeardNews(secrets, []),
  };
}

/** Behind the entries that have been read, unless the reader lags, or the engine is another one, whose clock is behind. */
function placeBehind(entries: readonly Entry[], before: Place, engineNow: number): Place {
  const { ms, id } = entries.at(-1) ?? before;
  if (ms > engineNow + LAG_MAX_MS) return placeAt(engineNow - LAG_MAX_MS);
  const lags = entries.length >= READ_MAX && engineNow - ms > LAG_MAX_MS;
  return lags ? placeAt(engineNow - LAG_MAX_MS / 2) : { ms, id };
}

/** In the time of evidence. */
const epoch = (now: number): number => performance.timeOrigin + now;
