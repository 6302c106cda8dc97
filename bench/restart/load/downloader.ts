// A client that reads a stream, slowly, until it asks for its end; every piece and the length are checked.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import { ProxyClient } from '../../generator/clients/proxy-client.js';
import { StreamReader } from '../../generator/clients/stream.js';
import type { ClientGroup } from './client-group.js';

/** Between two reads of at most 64 KiB: some MB a second, so that many can be open and the machine has room for others. */
const PACE_MS = 40;
const stop = mapMemory(4096);

export class Downloader extends ProxyClient<ClientGroup> {
  protected override group: BufferGroup = BufferGroup.large;
  readonly #reader = new StreamReader();
  readonly #isThroughout: boolean;
  #isAsked = false;
  #isStopped = false;

  constructor(group: ClientGroup, isThroughout: boolean) {
    super(group);
    this.#isThroughout = isThroughout;
  }

  protected override established(socket: Socket): void {
    if (this.#isAsked) this.#stop(socket);
    else if (!this.#isThroughout) this.run.after(this.run.someTime_ms(), () => this.conclude());
  }

  /** It asks for the end of its stream, at once or when it is connected. */
  conclude(): void {
    this.#isAsked = true;
    if (this.socket !== undefined && this.exchanging) this.#stop(this.socket);
  }

  /** One byte asks the source to end its stream. What is on its way until then is read without pauses. */
  #stop(socket: Socket): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.say(socket, stop, 0, 1);
  }

  protected override listen(socket: Socket): void {
    if (this.#isStopped) {
      super.listen(socket);
      return;
    }
    this.run.after(PACE_MS, () => {
      if (this.socket === socket) super.listen(socket);
    });
  }

  protected override received(socket: Socket, memory: Memory, offset: number, size: number): void {
    const state = this.#reader.read(memory.bytes, offset, size);
    if (state === 'wrong') this.fail('stream: other bytes than were sent');
    if (state === 'complete') this.part(socket);
  }

  protected override parted(): void {
    this.run.verified();
    this.close('graceful');
  }
}
