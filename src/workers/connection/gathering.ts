// Gathers the candidates of one race: every line's addresses, as far as they are known at once, and later those that had
// to be looked up. What must not or cannot be dialled is left out, with its cause. It starts nothing.
import type { Candidate } from '../../protocol/candidate.js';
import { type Failure, failureOf, mostTelling, towardsProxy } from '../../protocol/failure.js';
import type { RacePlan } from '../../protocol/race-plan.js';
import type { Target } from '../../protocol/target.js';
import type { Context } from './context.js';
import type { Lessons } from './lessons.js';
import { type DialLine, dialsFamily } from './line-table.js';
import type { NameOutcome } from './names-replica.js';

interface Parts {
  readonly context: Context;
  readonly target: Target;
  readonly plan: RacePlan;
  readonly lessons: Lessons;
}

const OTHER_FAMILY = failureOf('network-unreachable', 'its source has the other family');
const BLACKLISTED = failureOf('not-allowed');

export class Gathering {
  readonly #context: Context;
  readonly #target: Target;
  readonly #plan: RacePlan;
  readonly #lessons: Lessons;
  /** Called after each lookup that was waited for. */
  readonly #looked: () => void;
  #begun = false;
  #lookups = 0;
  #failure: Failure | undefined;
  /** For when nothing else is left, so offered when nothing more can come. */
  readonly #last: Candidate[] = [];

  constructor({ context, target, plan, lessons }: Parts, looked: () => void) {
    this.#context = context;
    this.#target = target;
    this.#plan = plan;
    this.#lessons = lessons;
    this.#looked = looked;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Whether all that there is has been offered to the plan. */
  get done(): boolean {
    return this.#begun && this.#lookups === 0;
  }

  /** Why something was left out, the most telling one. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  begin(lines: readonly number[]): void {
    this.#begun = true;
    this.#lookups += 1;
    for (const line of lines) this.#gather(this.#context.lines[line]);
    this.#over();
  }

  /** Whether it may be dialled at once, before anything else. */
  isUsual(candidate: Candidate): boolean {
    return this.#bars(candidate) === undefined && !this.#isLast(candidate);
  }

  #gather(line: DialLine): void {
    const direct = line.hops.length === 0;
    const ip = direct ? this.#target.ip : line.proxyIp;
    if (ip !== undefined) {
      this.#offer(line, [ip]);
      return;
    }
    const { names, engine } = this.#context;
    this.#lookups += 1;
    const known = names.lookup(direct ? this.#target.asked : line.hops[0].host, engine.now, (outcome) => {
      this.#take(line, outcome);
      this.#looked();
    });
    if (known !== undefined) this.#take(line, known);
  }

  #take(line: DialLine, outcome: NameOutcome): void {
    if (outcome.kind === 'found') this.#offer(line, outcome.ips);
    else this.#leaveOut(line, outcome.failure);
    this.#over();
  }

  /** One lookup is over, or the round of all lines. */
  #over(): void {
    this.#lookups -= 1;
    if (this.#lookups === 0) this.#plan.offer(this.#last, true);
  }

  #offer(line: DialLine, ips: readonly Uint8Array[]): void {
    const usual: Candidate[] = [];
    const isOut = !this.#context.health.mayUse(line.index, this.#context.engine.now);
    for (const ip of ips) {
      const candidate = { line: line.index, ip };
      const barred = this.#bars(candidate);
      if (barred !== undefined) this.#leaveOut(line, barred);
      else if (isOut || this.#isLast(candidate) || this.#lessons.isMute(candidate)) this.#last.push(candidate);
      else usual.push(candidate);
    }
    this.#plan.offer(usual, false);
  }

  #leaveOut(line: DialLine, failure: Failure): void {
    this.#failure = mostTelling(this.#failure, line.hops.length === 0 ? failure : towardsProxy(failure));
  }

  /** Why a line must not, or cannot, dial an address. */
  #bars({ line: index, ip }: Candidate): Failure | undefined {
    const line = this.#context.lines[index];
    if (!dialsFamily(line, ip)) return OTHER_FAMILY;
    const name = this.#target.ip === undefined ? this.#target.host : undefined;
    return line.hops.length === 0 && this.#context.badAddresses.bars(ip, name) ? BLACKLISTED : undefined;
  }

  /** Whether the address only ever failed for this name. */
  #isLast({ line, ip }: Candidate): boolean {
    return this.#context.lines[line].hops.length === 0 && this.#context.badAddresses.isLast(ip, this.#target.host);
  }
}
