// The fields of a flow by which others find it, or judge how it has fared.
import type { Target } from '../../../../protocol/address/target.js';
import type { Expiring } from '../../../../protocol/deadline-wheel.js';
import { Tabled } from '../../../../protocol/udp/flow-table.js';

export type State = 'new' | 'choosing' | 'contest' | 'opening' | 'open' | 'failed' | 'over';

export abstract class TimedFlow extends Tabled {
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;
  readonly target: Target;
  /** By which the notes know it. */
  number = -1;
  /** When datagrams last moved, in whole ms of the engine's clock. */
  active: number;
  /** When the client last sent one. */
  asked: number;
  isAnswered = false;

  constructor(target: Target, header: Uint8Array, now: number) {
    super(header);
    this.target = target;
    this.active = now;
    this.asked = now;
  }
}
