// Adds what this gateway has carried of each budget to the site's sum in the engine, and tells what the others have carried: as
// protocol/share/quota/month-use.ts decides. Main asks, every few seconds.
import { idOf, quotaKey, QUOTA_SUM as SUM } from '../../../protocol/share/keys.js';
import { MonthUse } from '../../../protocol/share/quota/month-use.js';
import type { OthersUse, OwnUse } from '../../../threads/contracts/share.js';
import type { Command, Reply } from '../engine/engine.js';
import type { ShareParts } from '../shared/room.js';
import type { Site } from '../shared/site.js';

/** Budgets in one question. */
const BUDGETS_MAX = 500;
const ANSWER_MS = 1000;
/** A sum is kept for longer than the longest month. */
const KEY_MS = 40 * 86_400_000;
/** Budgets that are known at a time; the one that was not asked for the longest time is forgotten, and read again. */
const KNOWN_MAX = 65_536;

export class SiteBudgets {
  readonly #parts: Pick<ShareParts, 'site'>;
  #site: Site | undefined;
  /** By month and budget, those asked for last behind. */
  readonly #uses = new Map<string, MonthUse>();
  readonly counts = { unanswered: 0 };

  constructor(parts: Pick<ShareParts, 'site'>) {
    this.#parts = parts;
  }

  /** Of those that the engine has answered; undefined where it has not answered all. Never rejects. */
  async ask(own: readonly OwnUse[]): Promise<readonly OthersUse[] | undefined> {
    const site = this.#parts.site();
    if (site !== this.#site) this.#uses.clear();
    this.#site = site;
    if (site === undefined) return undefined;
    const told: OthersUse[] = [];
    for (let from = 0; from < own.length; from += BUDGETS_MAX) {
      const some = await this.#some(site, own.slice(from, from + BUDGETS_MAX));
      if (some === undefined) return undefined;
      told.push(...some);
    }
    return told;
  }

  async #some(site: Site, own: readonly OwnUse[]): Promise<readonly OthersUse[] | undefined> {
    const uses = own.map((one) => {
      const month = this.#useOf(one);
      return { ...one, month, question: month.question(one.bytes) };
    });
    const asked = uses.map(({ budget, begins, question }) => {
      const key = quotaKey(site.secrets.site, `m${begins}`, idOf(site.secrets, budget));
      return question.kind === 'add' ? added(key, site.gateway, question.bytes) : read(key, site.gateway);
    });
    const replies = await site.engine.ask(asked.flat(), ANSWER_MS);
    let at = 0;
    const told: OthersUse[] = [];
    const untold: OwnUse[] = [];
    for (const [number, { budget, begins, bytes, month, question }] of uses.entries()) {
      const { length } = asked[number] as readonly Command[];
      const answer = replies && numbersIn(replies.slice(at, at + length));
      at += length;
      if (answer === undefined) {
        this.counts.unanswered += 1;
        month.unanswered();
        continue;
      }
      month.answered(bytes, answer.own, answer.sum);
      // What is of this gateway had to be known first.
      if (question.kind === 'read' && month.question(bytes).kind === 'add') untold.push({ budget, begins, bytes });
      else told.push({ budget, bytes: month.others ?? 0 });
    }
    const further = untold.length === 0 ? [] : await this.#some(site, untold);
    return further === undefined || told.length + untold.length < own.length ? undefined : [...told, ...further];
  }

  #useOf({ budget, begins }: OwnUse): MonthUse {
    const name = `${begins} ${budget}`;
    const use = this.#uses.get(name) ?? new MonthUse();
    this.#uses.delete(name);
    this.#uses.set(name, use);
    if (this.#uses.size > KNOWN_MAX) this.#uses.delete(this.#uses.keys().next().value as string);
    return use;
  }
}

const read = (key: string, gateway: string): readonly Command[] => [['HMGET', key, gateway, SUM]];

/** What is of the gateway comes first: where only that was done, the site has used a little less than it has. */
const added = (key: string, gateway: string, bytes: number): readonly Command[] => [
  ['HINCRBY', key, gateway, String(bytes)],
  ['HINCRBY', key, SUM, String(bytes)],
  ['PEXPIRE', key, String(KEY_MS)],
];

/** Undefined for what is no answer, such as that the engine is full. */
function numbersIn(replies: readonly Reply[]): { readonly own: number; readonly sum: number } | undefined {
  const [first, second] = replies.length === 1 && Array.isArray(replies[0]) ? replies[0] : replies;
  const [own, sum] = [numberIn(first), numberIn(second)];
  return own === undefined || sum === undefined ? undefined : { own, sum };
}

function numberIn(reply: Reply | undefined): number | undefined {
  if (typeof reply === 'number') return reply;
  // A field that is not there.
  if (reply === null) return 0;
  const number = Buffer.isBuffer(reply) || typeof reply === 'string' ? Number(reply.toString()) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
