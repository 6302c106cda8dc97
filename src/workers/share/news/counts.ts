// What has become of news, for people: counts, and a notice of what an operator can mend or must know.

import type { Notice } from '../../../protocol/notices/notice.js';
import { Repeats } from '../../../protocol/notices/repeats.js';
import type { Heard } from '../../../protocol/share/heard-news.js';
import type { News } from '../../../protocol/share/news.js';
import type { NewsRefusal } from '../../../protocol/share/news-reader.js';
import type { NewsSeen } from '../../../threads/contracts/admin/share.js';

/** So often a notice crosses the threads; main has one line a minute of each. */
const EVERY_MS = 1000;

/** Of the messages that are not believed, those of which somebody has to know. */
const NOTICES: Readonly<Partial<Record<NewsRefusal, string>>> = {
  unreadable:
    'news in the engine cannot be read: they are of another share.secret_file or another version, or no gateway has written them',
  stranger: 'news are of a gateway that share.gateways does not have: they are not believed',
  unsigned:
    'news are not signed by the gateway that they name: its key in share.gateways is another one, or somebody else speaks for it',
};

export class NewsCounts {
  readonly #tell: (notice: Notice) => void;
  readonly #repeats = new Repeats(EVERY_MS);
  #told = 0;
  readonly #read: Record<string, number> = {};
  readonly #refused: Record<string, number> = {};
  #readAt: number | undefined;

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell;
  }

  told(news: number): void {
    this.#told += news;
  }

  /** The stream was read. */
  read(now: number): void {
    this.#readAt = now;
  }

  /** A message is a gateway's: its news are believed, but for what this gateway has seen to be wrong. */
  believed(news: readonly News[], { disbelieved }: Pick<Heard, 'disbelieved'>): void {
    for (const { kind } of news) add(this.#read, kind, 1);
    if (disbelieved > 0) add(this.#refused, 'disproved', disbelieved);
    if (disbelieved > 0) add(this.#read, 'line-down', -disbelieved);
  }

  /** A message is not believed. `gateway`: whom it names, where it can be read. */
  refused(why: NewsRefusal, gateway: string | undefined, now: number): void {
    add(this.#refused, why, 1);
    const message = NOTICES[why];
    const left_out = message === undefined ? undefined : this.#repeats.due(why, now);
    if (message === undefined || left_out === undefined) return;
    const fields = gateway === undefined ? {} : { gateway };
    this.#tell({ topic: `${why} news of the site`, level: 'warn', message, fields, left_out });
  }

  get sums(): { readonly told: number; readonly heard: number; readonly refused: number } {
    return { told: this.#told, heard: sum(this.#read), refused: sum(this.#refused) };
  }

  seen(now: number): NewsSeen {
    const read_age_ms = this.#readAt === undefined ? undefined : now - this.#readAt;
    return { told: this.#told, read: { ...this.#read }, refused: { ...this.#refused }, read_age_ms };
  }
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

function add(counts: Record<string, number>, word: string, count: number): void {
  counts[word] = (counts[word] ?? 0) + count;
}
