// One name asked of the machine's servers along the search list, both families together: the search ends at the first name
// of which either family has addresses, so that a name never means two hosts. protocol/dns/search-list.ts decides which
// names there are and which is next.
import type { Question } from '../../../protocol/dns/message.js';
import { nextPlace, type SearchPlan, type SearchStep, toldPlace } from '../../../protocol/dns/search-list.js';
import { Countdown } from '../ask/countdown.js';
import { type Asked, GIVEN_UP, type GivenUp, type Hear, type Reply } from '../ask/exchange.js';
import type { Told } from './in-order.js';

type Type = Question['type'];

interface SearchParts {
  readonly plan: SearchPlan;
  readonly ask: (question: Question, hear: Hear<Told>) => Asked;
  /** How long a family waits for the other's answer for the same name. */
  readonly patience_ms: () => number;
}

/** One of the families. */
interface Family {
  readonly type: Type;
  readonly hear: Hear<Reply>;
  asked: Asked | undefined;
  /** The outcome for each name, in order. */
  readonly told: Told[];
  isOver: boolean;
  /** Why it is given up. */
  givenUp: GivenUp | undefined;
}

export class Search {
  readonly #parts: SearchParts;
  readonly #families: Family[] = [];
  /** Index of the current name in the plan. */
  #place = 0;
  #hasBegun = false;
  /** A family has an answer for the current name. */
  #isFound = false;
  #patience: Countdown | undefined;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** Whether a question of this type can still join. */
  takes(type: Type): boolean {
    return !this.#hasBegun && !this.#families.some((family) => family.type === type);
  }

  ask(type: Type, hear: Hear<Reply>): Asked {
    const family: Family = { ...{ type, hear, asked: undefined, told: [], isOver: false, givenUp: undefined } };
    this.#families.push(family);
    this.#ask(family);
    return { cancel: (why) => this.#cancel(family, why) };
  }

  #ask(family: Family): void {
    const { plan, ask } = this.#parts;
    const question = { name: plan.names[this.#place] as string, type: family.type };
    family.asked = ask(question, (told) => this.#heard(family, told));
  }

  #cancel(family: Family, why: GivenUp): void {
    if (family.isOver) return;
    family.givenUp = why;
    if (family.told.length <= this.#place) family.asked?.cancel(why);
    // The family had an answer, and waited for the other family.
    else this.#tell(family, GIVEN_UP[why]);
    this.#goOn();
  }

  #heard(family: Family, told: Told): void {
    this.#hasBegun = true;
    family.told.push(told);
    if (isFound(told.reply)) this.#isFound = true;
    if (this.#isFound || this.#isLast()) this.#tell(family, this.#isFound ? told.reply : this.#finalOf(family));
    else if (family.givenUp !== undefined) this.#tell(family, GIVEN_UP[family.givenUp]);
    this.#goOn();
  }

  #isLast(): boolean {
    return nextPlace(this.#parts.plan, this.#place, 'none') === undefined;
  }

  /** Asks the next name once all families agree that there is nothing. */
  #goOn(): void {
    const open = this.#families.filter(({ isOver }) => !isOver);
    const waiting = open.filter(({ told }) => told.length > this.#place);
    if (waiting.length === 0) return;
    if (this.#isFound) {
      for (const family of waiting) this.#tell(family, (family.told[this.#place] as Told).reply);
      return;
    }
    if (waiting.length < open.length) {
      this.#patience ??= new Countdown(this.#parts.patience_ms(), () => this.#loseFor());
      return;
    }
    this.#patience?.cancel();
    this.#patience = undefined;
    const next = nextPlace(this.#parts.plan, this.#place, stepOf(waiting.map(({ told }) => told[this.#place] as Told)));
    if (next === undefined) {
      for (const family of waiting) this.#tell(family, this.#finalOf(family));
      return;
    }
    this.#place = next;
    for (const family of waiting) {
      // A place that was skipped.
      while (family.told.length < next) family.told.push(family.told[family.told.length - 1] as Told);
      this.#ask(family);
    }
  }

  /** The wait for the other family is over. */
  #loseFor(): void {
    this.#patience = undefined;
    for (const { isOver, told, asked } of this.#families) {
      if (!isOver && told.length <= this.#place) asked?.cancel('timed-out');
    }
  }

  #tell(family: Family, reply: Reply): void {
    family.isOver = true;
    if (this.#families.every(({ isOver }) => isOver)) this.#patience?.cancel();
    family.hear(reply);
  }

  /** No name has an answer. "There is nothing" is valid as long as it is for each name: the least TTL counts. */
  #finalOf({ told }: Family): Reply {
    const { reply } = told[toldPlace(this.#parts.plan, told.map(kindOf))] as Told;
    if (reply.kind !== 'nodata' && reply.kind !== 'nxdomain') return reply;
    return { ...reply, ttl_s: told.map((one) => ttlOf(one.reply)).reduce(least) };
  }
}

/** Whether the reply ends the search: addresses, or an alias that leads nowhere. */
function isFound(reply: Reply): boolean {
  return reply.kind === 'addresses' || (reply.kind === 'nodata' && reply.isAlias === true);
}

/** The outcome of one name for the families together; none has addresses. */
function stepOf(told: readonly Told[]): SearchStep {
  const steps = told.map(kindOf);
  if (steps.includes('none') || steps.includes('nodata')) return 'none';
  return steps.includes('server-failure') ? 'server-failure' : 'failed';
}

function kindOf({ reply, isServfail }: Told): SearchStep | 'nodata' {
  if (reply.kind === 'nodata') return 'nodata';
  if (reply.kind === 'nxdomain') return 'none';
  return isServfail ? 'server-failure' : 'failed';
}

function ttlOf(reply: Reply): number | undefined {
  return reply.kind === 'nodata' || reply.kind === 'nxdomain' ? reply.ttl_s : undefined;
}

/** undefined where one of the two is: the configured negative TTL then counts. */
function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : Math.min(one, other);
}
