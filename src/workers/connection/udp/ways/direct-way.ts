// The way of a direct line for the addresses of one family: a socket that leaves as the line does. All destinations of the
// association see its one address and port.
import { packAddress } from '../../../../linux/addresses.js';
import type { Engine } from '../../../../linux/engine/engine.js';
import type { Socket } from '../../../../linux/engine/socket.js';
import { isError } from '../../../../linux/result.js';
import { reach, type SocketSource } from '../../../../linux/source.js';
import type { Batch, Outgoing } from '../../../../linux/udp/datagrams.js';
import { readUdpErrors, type UdpError } from '../../../../linux/udp/errors.js';
import { isMulticast } from '../../../../protocol/address/multicast.js';
import type { Target } from '../../../../protocol/address/target.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import type { DropCounts } from '../../../../protocol/udp/drop-of.js';
import type { UdpLimits } from '../../../../threads/shared/udp-limits.js';
import { failureOfConnect, failureOfResult } from '../../race/attempt/causes.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Links, OverLink } from '../../shared/dialling/links.js';
import { LossyHandler } from './lossy-handler.js';
import type { Way, WayAddress, WayOutcome } from './way.js';
import { NO_ROOM, openFrom, sourceOf } from './way-socket.js';

/** The parts of the actor's context that a direct way needs. */
export interface DirectWayParts {
  readonly engine: Pick<Engine, 'adopt' | 'close' | 'receiveDatagrams' | 'sendDatagrams' | 'sendDatagramCopy'>;
  readonly links: Pick<Links, 'begins' | 'ends' | 'whyOut' | 'sourceFor'>;
  readonly udpLimits: Pick<UdpLimits, 'openWay' | 'wayClosed'>;
  readonly udpTally: DropCounts;
}

const MULTICAST = failureOf('unspecified', 'a multicast address');
const UNRESOLVED = failureOf('internal', 'a direct line was given no address');

/** A way for addresses of `ipLength` (4 or 16) bytes, which is open at once. */
export function openDirectWay(
  parts: DirectWayParts,
  line: DialLine,
  ipLength: number,
  outcome: WayOutcome,
): Way | Failure {
  const { links, udpLimits } = parts;
  const out = line.hasLink ? links.whyOut(line) : undefined;
  if (out !== undefined) return out;
  const source = sourceOf(links, line, ipLength);
  if ('code' in source) return source;
  if (!udpLimits.openWay(outcome.client.fd, 1)) return NO_ROOM;
  const fd = openFrom(line, source, ipLength);
  if (typeof fd === 'number') return new DirectWay(parts, line, source, outcome, fd);
  udpLimits.wayClosed(outcome.client.fd, 1);
  return fd;
}

class DirectWay extends LossyHandler implements Way, OverLink {
  readonly line: DialLine;
  readonly #parts: DirectWayParts;
  readonly #source: SocketSource;
  readonly #outcome: WayOutcome;
  readonly #socket: Socket;
  state: 'open' | 'failed' = 'open';

  constructor(parts: DirectWayParts, line: DialLine, source: SocketSource, outcome: WayOutcome, fd: number) {
    super(parts.udpTally);
    this.#parts = parts;
    this.line = line;
    this.#source = source;
    this.#outcome = outcome;
    this.#socket = parts.engine.adopt(fd, this);
    parts.engine.receiveDatagrams(this.#socket);
    if (line.hasLink) parts.links.begins(line.number, this);
  }

  /** A datagram that cannot leave is not told of with its destination, so this is found out before. */
  addressOf({ port }: Target, ip: Uint8Array | undefined): WayAddress | Failure {
    if (ip === undefined) return UNRESOLVED;
    if (isMulticast(ip)) return MULTICAST;
    const result = reach(ip, this.#source);
    return isError(result) ? failureOfConnect(result, this.line, ip) : { to: packAddress(ip, port), head: undefined };
  }

  send({ to }: WayAddress, out: Outgoing): void {
    out.to = to;
    out.head = undefined;
    this.#parts.engine.sendDatagrams(this.#socket, out);
  }

  sendCopy({ to }: WayAddress, bytes: Uint8Array, ecn: number): void {
    this.#parts.engine.sendDatagramCopy(this.#socket, to, undefined, bytes, ecn);
  }

  close(): void {
    if (this.state === 'failed') return;
    this.state = 'failed';
    if (this.line.hasLink) this.#parts.links.ends(this.line.number, this);
    this.#parts.engine.close(this.#socket, 'graceful');
    this.#parts.udpLimits.wayClosed(this.#outcome.client.fd, 1);
  }

  linkDown(failure: Failure): void {
    this.close();
    this.#outcome.failed(this, failure);
  }

  override onDatagrams(_socket: Socket, batch: Batch): void {
    this.#outcome.came(this, batch);
  }

  override onDatagramErrors(socket: Socket): void {
    const errors: UdpError[] = [];
    readUdpErrors(socket.fd, (error) => errors.push(error));
    for (const { errno, origin, mtu, to } of errors) {
      // That a datagram was too big ends nothing: its sender finds the size of its path by itself.
      if (mtu > 0 || origin === 'local' || this.state === 'failed') continue;
      const failure = failureOfResult(-errno);
      if (failure.code !== 'internal') this.#outcome.bounced(this, to.ip, to.port, failure);
    }
  }
}
