// The plainest choice: direct lines in the order of the configuration, with all addresses of the destination.
import type { Target } from '../../../../protocol/address/target.js';
import { type Failure, failureOf, mostTelling } from '../../../../protocol/race/failure.js';
import type { Client } from '../../../../protocol/users/client.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Egress } from '../../shared/dialling/egress.js';
import type { NameOutcome } from '../../shared/replicas/name-outcome.js';
import type { NamesReplica } from '../../shared/replicas/names.js';
import type { Asker, ChoiceOutcome, FlowCandidate, FlowChoice } from './choice.js';

/** By which lines a target may be asked for, and for whom. */
export type Allowed = (
  target: Target,
  asker: Asker,
) => { readonly code: 'allowed'; readonly lines: readonly number[]; readonly client: Client | undefined } | Failure;

export interface FirstChoiceParts {
  readonly engine: { readonly now: number };
  readonly lines: readonly DialLine[];
  readonly egress: Pick<Egress, 'mayAskFor' | 'mayDial'>;
  readonly names: Pick<NamesReplica, 'lookup' | 'forget'>;
  readonly allowed: Allowed;
}

const NO_LINE = failureOf('line-no-udp', 'no line that may be used carries datagrams');

export class FirstChoice implements FlowChoice {
  readonly #parts: FirstChoiceParts;
  readonly #target: Target;
  readonly #asker: Asker;
  readonly #outcome: ChoiceOutcome;
  #lines: readonly DialLine[] = [];
  #client: Client | undefined;
  #isOver = false;

  constructor(parts: FirstChoiceParts, target: Target, asker: Asker, outcome: ChoiceOutcome) {
    this.#parts = parts;
    this.#target = target;
    this.#asker = asker;
    this.#outcome = outcome;
  }

  begin(): void {
    const { egress, allowed: mayUse, lines, names, engine } = this.#parts;
    const target = this.#target;
    const permission = egress.mayAskFor(target, this.#asker.depth);
    const allowed = permission.code === 'allowed' ? mayUse(target, this.#asker) : permission;
    if (allowed.code !== 'allowed') {
      this.#refuse(allowed);
      return;
    }
    this.#client = allowed.client;
    this.#lines = allowed.lines.map((number) => lines[number]).filter(({ isDirect }) => isDirect);
    if (target.ip !== undefined) {
      this.#resolved([target.ip]);
      return;
    }
    const known = this.#lines.length > 0 ? names.lookup(target.asked, engine.now, this.#looked) : undefined;
    if (known !== undefined) this.#looked(known, false);
    else if (this.#lines.length === 0) this.#refuse(NO_LINE);
  }

  readonly #looked = (outcome: NameOutcome, more: boolean): void => {
    if (this.#isOver) return;
    if (outcome.kind === 'found') this.#resolved(outcome.ips);
    else if (!more) this.#refuse(outcome.failure);
  };

  #resolved(ips: readonly Uint8Array[]): void {
    let failure: Failure | undefined;
    const candidates: FlowCandidate[] = [];
    for (const line of this.#lines) {
      for (const ip of ips) {
        const permission = this.#parts.egress.mayDial(line, ip, this.#target, this.#client);
        if (permission.code === 'allowed') candidates.push({ line, ip });
        else failure = mostTelling(failure, permission);
      }
    }
    if (candidates.length === 0) {
      this.#refuse(failure ?? NO_LINE);
      return;
    }
    this.close();
    this.#outcome.chosen(candidates, false);
  }

  #refuse(failure: Failure): void {
    this.close();
    this.#outcome.refused(failure);
  }

  answersWithin(): number {
    return 250;
  }

  answered(): void {}

  failed(): void {}

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#target.ip === undefined) this.#parts.names.forget(this.#target.asked, this.#looked);
  }
}
