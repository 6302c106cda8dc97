// Has datagrams looked at that may begin a connection which a rule blocks, wherever they stand in a flow. All others cost a look at
// their size and first byte.
import type { Outgoing } from '../../../../linux/udp/datagrams.js';
import { sizeAt } from '../../../../linux/udp/sizes.js';
import type { Target } from '../../../../protocol/address/target.js';
import { mayHaveInitialSize } from '../../../../protocol/quic/client-initial.js';
import { isLong } from '../../../../protocol/quic/long-header.js';
import type { Inspection } from './contest.js';
import type { FlowOwner, FlowParts } from './flow-parts.js';

export class Inspector {
  readonly #parts: Pick<FlowParts, 'contests' | 'udpTally'>;
  readonly #target: Target;
  readonly #owner: Pick<FlowOwner, 'asker'>;
  #inspection: Inspection | undefined;

  constructor(parts: Pick<FlowParts, 'contests' | 'udpTally'>, target: Target, owner: Pick<FlowOwner, 'asker'>) {
    this.#parts = parts;
    this.#target = target;
    this.#owner = owner;
  }

  /** Whether these are dropped, since one of them is blocked. */
  drops({ memory, offset, count, stride, size, last }: Outgoing): boolean {
    for (let i = 0; i < count; i += 1)
      if (this.#isBlocked(memory.bytes, offset + i * stride, sizeAt(i, count, size, last))) {
        this.#parts.udpTally.dropped('blocked', count);
        return true;
      }
    return false;
  }

  /** The same for one. */
  dropsOne(bytes: Uint8Array): boolean {
    const isBlocked = this.#isBlocked(bytes, 0, bytes.length);
    if (isBlocked) this.#parts.udpTally.dropped('blocked', 1);
    return isBlocked;
  }

  #isBlocked(bytes: Uint8Array, start: number, size: number): boolean {
    if (!mayHaveInitialSize(size) || !isLong(bytes[start])) return false;
    this.#inspection ??= this.#parts.contests.inspection(this.#target, this.#owner.asker);
    return this.#inspection.isBlocked(bytes, start, size);
  }
}
