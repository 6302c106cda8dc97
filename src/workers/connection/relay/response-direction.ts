// The direction to a client whose request was rewritten: the responses say that they came by way of this gateway. Once the
// final one has begun, bytes are carried as in any direction.
import type { Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import { ResponseVia } from '../../../protocol/http/response-via.js';
import type { Copying, Progress } from './copying.js';
import { Direction } from './direction.js';

export class ResponseDirection extends Direction {
  readonly #via = new ResponseVia();

  constructor(destination: Socket, client: Socket) {
    super(destination, client, false);
  }

  override deliver(context: Copying, bytes: Uint8Array): void {
    super.deliver(context, this.#via.pass(bytes) ?? bytes);
  }

  override received(context: Copying, result: number, memory: Memory, offset: number): Progress {
    if (result <= 0 || this.#via.isOver) return super.received(context, result, memory, offset);
    const bytes = this.#via.pass(memory.bytes.subarray(offset, offset + result));
    if (bytes === undefined) return super.received(context, result, memory, offset);
    super.deliver(context, bytes);
    return this.skipped(context);
  }

  protected override get certain(): number {
    return this.#via.isOver ? Number.POSITIVE_INFINITY : 0;
  }
}
