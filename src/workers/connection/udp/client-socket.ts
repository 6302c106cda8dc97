// The socket of an association towards its client: takes the client's datagrams, and nobody else's, and sends it the answers. It
// reads the header of each datagram, and knows no flow.
import { packAddress } from '../../../linux/addresses.js';
import type { Engine } from '../../../linux/engine/engine.js';
import { OutgoingDatagrams } from '../../../linux/engine/outgoing.js';
import type { Socket } from '../../../linux/engine/socket.js';
import { isError } from '../../../linux/result.js';
import * as sockets from '../../../linux/sockets.js';
import type { Batch, Outgoing } from '../../../linux/udp/datagrams.js';
import { readUdpErrors } from '../../../linux/udp/errors.js';
import { sizeAt } from '../../../linux/udp/sizes.js';
import { bindWithin, openUdp } from '../../../linux/udp/sockets.js';
import type { Failure } from '../../../protocol/race/failure.js';
import type { PortRange } from '../../../protocol/rules/rule.js';
import type { ClientEndpoint } from '../../../protocol/udp/client-endpoint.js';
import { hasHeader } from '../../../protocol/udp/flow-table.js';
import { FRAGMENT, readHeader } from '../../../protocol/udp/header.js';
import { failureOfResult } from '../race/attempt/causes.js';
import type { UdpTally } from './tally.js';
import { LossyHandler } from './ways/lossy-handler.js';

/** The parts of the actor's context that it needs. */
export interface ClientSocketParts {
  readonly engine: Pick<Engine, 'adopt' | 'close' | 'receiveDatagrams' | 'sendDatagrams' | 'sendDatagramCopy'>;
  readonly udpTally: Pick<UdpTally, 'dropped'>;
}

export interface ClientSocketOutcome {
  /**
   * A datagram of the client, whose header of `size` bytes stands at `start`. Gives the header in an array that does not change;
   * undefined where the datagram is dropped. Those that follow it with the same header are sent together.
   */
  headerAt(bytes: Uint8Array, start: number, size: number): Uint8Array | undefined;
  /** Datagrams with the header that `headerAt` gave last. `out` has neither `to` nor `head`, and is lent. */
  send(out: Outgoing): void;
}

/** A socket bound to `ip` and a port of the range, or of the kernel's choice: its fd and port. `start`: where in the range to begin. */
export function bindForClient(
  ip: Uint8Array,
  range: PortRange | null,
  start: number,
): { readonly fd: number; readonly port: number } | Failure {
  const fd = openUdp(ip.length);
  if (isError(fd)) return failureOfResult(fd);
  const bound = range === null ? bindAnywhere(fd, ip) : bindWithin(fd, ip, range.from, range.to, start);
  if (!isError(bound)) return { fd, port: bound };
  sockets.closeFd(fd);
  return failureOfResult(bound);
}

function bindAnywhere(fd: number, ip: Uint8Array): number {
  const bound = sockets.bindTo(fd, ip, 0);
  if (isError(bound)) return bound;
  const local = sockets.localEndpoint(fd);
  return typeof local === 'number' ? local : local.port;
}

export class ClientSocket extends LossyHandler {
  readonly #parts: ClientSocketParts;
  readonly #client: ClientEndpoint;
  readonly #outcome: ClientSocketOutcome;
  readonly #socket: Socket;
  /** Written anew for each send. */
  #out: Outgoing | undefined;
  /** The kernel takes datagrams of the client only. */
  #isConnected = false;

  /** `fd`: bound. */
  constructor(parts: ClientSocketParts, fd: number, client: ClientEndpoint, outcome: ClientSocketOutcome) {
    super(parts.udpTally);
    this.#parts = parts;
    this.#client = client;
    this.#outcome = outcome;
    this.#socket = parts.engine.adopt(fd, this);
    if (client.port !== 0) this.#connect();
    parts.engine.receiveDatagrams(this.#socket);
  }

  /** What came before is still to be judged; an error leaves it at that. */
  #connect(): void {
    const { ip, port } = this.#client;
    this.#isConnected = !isError(sockets.connectTo(this.#socket.fd, packAddress(ip, port)));
  }

  override onDatagrams(_socket: Socket, batch: Batch): void {
    const { memory, offset, count, stride, last, from } = batch;
    if (!this.#client.mayBe(from)) {
      this.#parts.udpTally.dropped('stranger', count);
      return;
    }
    const { bytes } = memory;
    for (let i = 0; i < count; ) {
      const start = offset + i * stride;
      const size = readHeader(bytes, start, start + sizeAt(i, count, stride, last));
      const header = size < 0 ? undefined : this.#headerAt(bytes, start, size, from.port);
      if (size < 0) this.#parts.udpTally.dropped(size === FRAGMENT ? 'fragment' : 'bad-header', 1);
      if (header === undefined) {
        i += 1;
        continue;
      }
      const following = i + this.#alike(batch, i, header);
      this.#send(batch, i, following, size);
      i = following;
    }
  }

  #headerAt(bytes: Uint8Array, start: number, size: number, port: number): Uint8Array | undefined {
    if (this.#client.port === 0) this.#client.fix(port);
    if (!this.#isConnected) this.#connect();
    return this.#outcome.headerAt(bytes, start, size);
  }

  /** How many datagrams from the `first` on have this header. */
  #alike({ memory, offset, count, stride, last }: Batch, first: number, header: Uint8Array): number {
    let alike = 1;
    for (let i = first + 1; i < count; i += 1) {
      const start = offset + i * stride;
      if (sizeAt(i, count, stride, last) < header.length || !hasHeader(header, memory.bytes, start)) break;
      alike += 1;
    }
    return alike;
  }

  #send({ memory, offset, count, stride, last, ecn, wasFragmented }: Batch, from: number, to: number, size: number) {
    this.#out ??= new OutgoingDatagrams(memory);
    const out = this.#out;
    out.memory = memory;
    out.offset = offset + from * stride + size;
    out.count = to - from;
    out.stride = stride;
    out.last = sizeAt(to - 1, count, stride, last) - size;
    out.size = out.count === 1 ? out.last : stride - size;
    out.ecn = ecn;
    out.mayFragment = wasFragmented;
    this.#outcome.send(out);
  }

  /** Sends answers to the client, each with the header of their sender in front, which must not change any more. */
  pass(header: Uint8Array, { memory, offset, count, stride, last, ecn, wasFragmented }: Batch): void {
    this.#out ??= new OutgoingDatagrams(memory);
    const out = this.#out;
    out.to = this.#to;
    out.head = header;
    out.memory = memory;
    out.offset = offset;
    out.count = count;
    out.stride = stride;
    out.size = sizeAt(0, count, stride, last);
    out.last = last;
    out.ecn = ecn;
    out.mayFragment = wasFragmented;
    this.#parts.engine.sendDatagrams(this.#socket, out);
  }

  /** The same for one datagram of the heap, which is copied. */
  passCopy(header: Uint8Array, bytes: Uint8Array, ecn: number): void {
    this.#parts.engine.sendDatagramCopy(this.#socket, this.#to, header, bytes, ecn);
  }

  get #to(): Uint8Array | undefined {
    return this.#isConnected ? undefined : packAddress(this.#client.ip, this.#client.port);
  }

  /** A client that does not listen for a while may do so again: its connection tells when it has gone. */
  override onDatagramErrors(socket: Socket): void {
    readUdpErrors(socket.fd, () => {});
  }

  close(): void {
    this.#parts.engine.close(this.#socket, 'graceful');
  }
}
