// What a client has that asked for UDP (UDP ASSOCIATE, RFC 1928 section 7), for as long as its control connection lasts: a socket
// towards the client, flows, and ways to their destinations. The reply has been said by its session; what ends here is told to
// the `ends` of its connection.

import { BufferGroup } from '../../../linux/engine/buffers.js';
import type { Ending, Engine } from '../../../linux/engine/engine.js';
import type { Socket } from '../../../linux/engine/socket.js';
import { isEnd } from '../../../linux/result.js';
import { setKeepAlive } from '../../../linux/sockets.js';
import type { Batch, Outgoing } from '../../../linux/udp/datagrams.js';
import { sizeOfAll } from '../../../linux/udp/sizes.js';
import type { DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import type { Quiet } from '../../../protocol/quiet/quiet.js';
import type { Failure } from '../../../protocol/race/failure.js';
import type { ClientEndpoint } from '../../../protocol/udp/client-endpoint.js';
import { targetOfHeader } from '../../../protocol/udp/header.js';
import type { NoFlow, UdpLimits } from '../../../threads/shared/udp-limits.js';
import type { CutBy, QuietCarrier } from '../relay/carrier.js';
import type { RelayEnd, RelayOutcome } from '../relay/relay-end.js';
import { TimedHandler } from '../shared/timed-handler.js';
import type { Asker, FlowCandidate } from './choice/choice.js';
import { ClientSocket, type ClientSocketOutcome, type ClientSocketParts } from './client-socket.js';
import { Answers, type AnswersParts } from './flows/answers.js';
import type { Flow } from './flows/flow.js';
import { FlowSet, type FlowSetOwner, type FlowSetParts } from './flows/flow-set.js';
import type { Route } from './flows/route.js';
import type { AssociationNote } from './records/association-note.js';
import type { UdpTally } from './tally.js';
import type { Way, WayOutcome } from './ways/way.js';
import { type OpenWay, Ways } from './ways/ways.js';

/** The parts of the actor's context that an association needs. */
export interface AssociationParts extends FlowSetParts, AnswersParts, ClientSocketParts {
  readonly options: FlowSetParts['options'] & AnswersParts['options'];
  readonly engine: ClientSocketParts['engine'] & Pick<Engine, 'now' | 'clock' | 'handOver' | 'receive' | 'close'>;
  readonly deadlines: DeadlineWheel;
  readonly udpTally: Pick<UdpTally, 'dropped' | 'ended'>;
  readonly udpLimits: FlowSetParts['udpLimits'] & Pick<UdpLimits, 'ended'>;
  /** Told of those that have too many flows. */
  readonly limits: { flowExceeds(excess: NoFlow, ip: Uint8Array | undefined, now: number): void };
  readonly ends: Pick<RelayOutcome, 'relayed'>;
  readonly openWay: OpenWay;
}

/** A flood of new flows makes at most one notice in this time. */
const TELL_MS = 1000;

/** Whose association it is, and by what it is known. */
export interface AssociationIdentity extends Asker {
  /** The control connection. */
  readonly control: Socket;
  readonly client: ClientEndpoint;
  /** The socket towards the client, bound. */
  readonly fd: number;
  readonly quiet: Quiet;
  readonly note: AssociationNote;
}

export class Association extends TimedHandler implements FlowSetOwner, WayOutcome, ClientSocketOutcome, QuietCarrier {
  readonly asker: Asker;
  readonly note: AssociationNote;
  readonly quiet: Quiet;
  readonly client: Socket;
  readonly #parts: AssociationParts;
  readonly #socket: ClientSocket;
  readonly #flows: FlowSet;
  readonly #answers: Answers;
  readonly #ways: Ways;
  /** Whose datagrams come. */
  #flow: Flow | undefined;
  #isOver = false;
  #told = Number.NEGATIVE_INFINITY;
  /** Bytes from the client and to it, without headers. */
  up = 0;
  down = 0;
  /** When a datagram last moved, in whole ms of the engine's clock. */
  active: number;

  constructor(parts: AssociationParts, { control, client, fd, quiet, note, ...asker }: AssociationIdentity) {
    super();
    this.#parts = parts;
    this.asker = asker;
    this.note = note;
    this.quiet = quiet;
    this.client = control;
    this.active = Math.floor(parts.engine.now);
    this.#flows = new FlowSet(parts, this);
    this.#answers = new Answers(parts);
    this.#ways = new Ways(parts.openWay, asker.depth, this);
    this.#socket = new ClientSocket(parts, fd, client, this);
  }

  /** Takes over the control connection, whose client has been told where to send. */
  start(): void {
    const { engine } = this.#parts;
    const { client, quiet } = this;
    engine.handOver(client, this);
    if (quiet.keepalive) setKeepAlive(client.fd, quiet.keepalive);
    this.#wait();
    engine.receive(client, BufferGroup.handshake);
  }

  // The control connection

  /** Its end is the association's (section 7). What else it says means nothing. */
  override onReceive(socket: Socket, result: number): void {
    if (result > 0) this.#parts.engine.receive(socket, BufferGroup.handshake);
    else if (isEnd(result)) this.#finish('graceful', 'complete');
    else this.#finish('reset', 'reset-by-client');
  }

  /** The reply has not been taken. */
  override onUnsent(): void {
    this.#finish('reset', 'reset-by-client');
  }

  /** The receive finds the same. */
  override onPollHangup(): void {}

  onDeadline(now: number): void {
    if (this.active + this.quiet.idle_timeout_ms <= now) this.#finish('reset', 'idle');
    else this.#wait();
  }

  #wait(): void {
    const due = this.active + this.quiet.idle_timeout_ms;
    if (due < Number.POSITIVE_INFINITY) this.#parts.deadlines.set(this, due);
  }

  // From the client

  headerAt(bytes: Uint8Array, start: number, size: number): Uint8Array | undefined {
    this.#flow = this.#flows.find(bytes, start, size) ?? this.#newFlow(bytes, start, size);
    return this.#flow?.header;
  }

  #newFlow(bytes: Uint8Array, start: number, size: number): Flow | undefined {
    const target = targetOfHeader(bytes, start, size);
    const flow = target && this.#flows.add(target, bytes.slice(start, start + size));
    if (flow === undefined) this.#parts.udpTally.dropped(target === undefined ? 'bad-header' : 'limited', 1);
    return flow;
  }

  send(out: Outgoing): void {
    this.up += sizeOfAll(out.count, out.size, out.last);
    this.#flow?.up(out);
  }

  // Flows

  open(flow: Flow, candidate: FlowCandidate): Route | Failure {
    const way = this.#ways.of(candidate.line, candidate.ip);
    if ('code' in way) return way;
    const address = way.addressOf(flow.target, candidate.ip);
    if ('code' in address) return address;
    const route = { candidate, way, address };
    this.#answers.listen(flow, route);
    return route;
  }

  close(route: Route): void {
    this.#answers.unlisten(route);
  }

  moved(flow: Flow): void {
    this.active = flow.active;
    this.#flows.moved(flow);
  }

  ended(flow: Flow): void {
    if (this.#flow === flow) this.#flow = undefined;
    this.#flows.ended(flow);
  }

  exceeds(excess: NoFlow): void {
    const { engine, limits } = this.#parts;
    if (engine.now - this.#told < TELL_MS) return;
    this.#told = engine.now;
    limits.flowExceeds(excess, this.note.clientIp, engine.clock());
  }

  // From destinations

  came(way: Way, batch: Batch): void {
    if (!this.#answers.came(way, batch)) this.#cameUnasked(batch);
  }

  #cameUnasked(batch: Batch): void {
    const header = this.#answers.headerFor(batch);
    if (header === undefined) this.#parts.udpTally.dropped('filtered', batch.count);
    else this.pass(header, batch);
  }

  pass(header: Uint8Array, batch: Batch): void {
    this.down += sizeOfAll(batch.count, batch.stride, batch.last);
    this.#socket.pass(header, batch);
  }

  passCopy(header: Uint8Array, bytes: Uint8Array, ecn: number): void {
    this.down += bytes.length;
    this.#socket.passCopy(header, bytes, ecn);
  }

  opened(way: Way): void {
    this.#flows.wayOpened(way);
  }

  failed(way: Way, failure: Failure): void {
    this.#flows.wayFailed(way, failure);
  }

  bounced(way: Way, ip: Uint8Array, port: number, failure: Failure): void {
    this.#answers.bounced(way, ip, port, failure);
  }

  // The end

  /** It has no connection to a destination. */
  get destination(): undefined {
    return undefined;
  }

  cut(how: CutBy): void {
    this.#finish('reset', how);
  }

  #finish(ending: Ending, how: RelayEnd['how']): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { engine, deadlines, udpLimits, udpTally, ends } = this.#parts;
    deadlines.clear(this);
    this.#flows.end(how === 'closed-by-operator' ? how : 'association-ended');
    this.#ways.close();
    this.#socket.close();
    engine.close(this.client, ending);
    udpLimits.ended();
    udpTally.ended();
    ends.relayed(this.asker.connection, { how, up: this.up, down: this.down });
  }
}
