// The direction from a client that sends one request and no more: bytes behind its end are read and dropped, since they may be
// a request for another destination. What a request is, its body knows. The client's end of stream is passed on as ever.
import type { Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import type { RequestBody } from '../../../protocol/inbound/inbound.js';
import type { Copying, Progress } from './copying.js';
import { Direction } from './direction.js';

/** Bytes that a client may send behind its request: some clients do not wait for the answer. Beyond that it is broken off. */
const DROPPED_MAX = 65_536;

export class RequestDirection extends Direction {
  readonly #body: RequestBody;
  #dropped = 0;

  constructor(client: Socket, destination: Socket, body: RequestBody) {
    super(client, destination, true);
    this.#body = body;
  }

  override received(context: Copying, result: number, memory: Memory, offset: number): Progress {
    if (result <= 0) return super.received(context, result, memory, offset);
    const taken = this.#body.take(memory.bytes, offset, offset + result);
    if (this.#body.isMalformed) return 'source-broken';
    this.#dropped += result - taken;
    if (this.#dropped > DROPPED_MAX) return 'source-broken';
    return taken > 0 ? super.received(context, taken, memory, offset) : this.skipped(context);
  }

  protected override get certain(): number {
    return this.#body.certain;
  }

  protected override passed(size: number): void {
    this.#body.pass(size);
  }
}
