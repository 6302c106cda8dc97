// What an operator has set by hand (protocol/steering), as this actor has been told last. Where nothing is set it costs a connection
// one comparison.
import type { Target } from '../../../protocol/address/target.js';
import { destinationKey } from '../../../protocol/routes/destination-key.js';
import type { Choice } from '../../../protocol/rules/rule.js';
import { Steered, type SteeredAway } from '../../../protocol/steering/steered.js';
import { isUnsteered, type Steering } from '../../../protocol/steering/steering.js';

export class LineSteering {
  /** Undefined where nothing is set. */
  #steered: Steered | undefined;

  set(steering: Steering | undefined): void {
    this.#steered = steering === undefined || isUnsteered(steering) ? undefined : new Steered(steering);
  }

  isPaused(line: number): boolean {
    return this.#steered?.isPaused(line) ?? false;
  }

  /** What is left of a choice of these lines; it may have no lines. `all`: for a choice that names none. */
  narrowed(choice: Choice | undefined, target: Target, all: readonly number[]): Choice | undefined {
    const steered = this.#steered;
    if (steered === undefined) return choice;
    const lines = choice?.lines ?? all;
    const left = steered.left(lines, keyOf(steered, target));
    return left === lines ? choice : { sticky: false, ...choice, lines: left };
  }

  /** The line to which a connection is pinned that may use these lines. */
  pinned(lines: readonly number[], target: Target): { readonly line: number; readonly all: boolean } | undefined {
    const steered = this.#steered;
    return steered?.pinned(lines, keyOf(steered, target));
  }

  /** Why a line is not left of these. */
  away(line: number, lines: readonly number[], target: Target): SteeredAway | undefined {
    const steered = this.#steered;
    return steered?.away(line, lines, keyOf(steered, target));
  }
}

const keyOf = ({ hasPins }: Steered, { asked, port }: Target): string =>
  hasPins ? destinationKey(asked, port, undefined) : '';
