// Carries bytes both ways between two connected sockets until both have ended. Half-closes are passed on, a reset of one side
// becomes a reset of the other, and silence and half-closed silence have deadlines. It reports how it ended, and neither
// counts nor logs it. It does not know how the two sockets came about.
import { type Ending, type Received, tellsBroken } from '../../../linux/engine/engine.js';
import { Pending, type Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import { isEnd } from '../../../linux/result.js';
import { setKeepAlive, shutdownWrite } from '../../../linux/sockets.js';
import type { DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import type { RequestBody } from '../../../protocol/inbound/inbound.js';
import type { Options } from '../../../protocol/options.js';
import type { Quiet } from '../../../protocol/quiet/quiet.js';
import { TimedHandler } from '../shared/timed-handler.js';
import type { Tunnels } from '../shared/tunnels.js';
import type { CutBy, QuietCarrier } from './carrier.js';
import { type BulkOutcome, type Copying, MUCH, type Progress } from './copying.js';
import { Direction } from './direction.js';
import { FirstByte, type FirstByteOutcome } from './first-byte.js';
import type { RelayEnd, RelayOutcome } from './relay-end.js';
import { RequestDirection } from './request-direction.js';
import { ResponseDirection } from './response-direction.js';

/** Keepalive is switched on after this part of its silence; most connections end before. */
const LASTING = 0.5;
/** Most half-closed connections end soon. After this time, the side that has ended is watched for a reset. */
const WATCH_HALF_CLOSED_AFTER_MS = 500;

/** What all relays of a thread share. */
export interface RelayContext extends Copying {
  readonly deadlines: DeadlineWheel;
  readonly options: Pick<Options, 'half_closed_timeout_ms'>;
  /** Is told of every relay. */
  readonly ends: RelayOutcome;
  /** Tells ends from resets where a destination is behind a pair of sockets; undefined where none is. */
  readonly tunnelEnds: Pick<Tunnels, 'isBroken' | 'finish' | 'setKeepAlive'> | undefined;
  /** Undefined where nobody wants to know what lines carry. */
  readonly bulk?: BulkOutcome | undefined;
}

/** `lasting`: keepalive is on. `watched`: besides, one side has ended, and its socket is watched for a reset. */
const Stage = { young: 0, lasting: 1, watched: 2, over: 3 } as const;
type Stage = (typeof Stage)[keyof typeof Stage];

export class Relay extends TimedHandler implements QuietCarrier {
  readonly #context: RelayContext;
  readonly #connection: number;
  /** Shared with all connections to which the same applies. */
  readonly quiet: Quiet;
  /** Client to destination, and back. */
  readonly #up: Direction;
  readonly #down: Direction;
  /** Undefined when there is nothing more to watch. */
  #firstByte: FirstByte | undefined;
  #stage: Stage = Stage.young;
  /** When bytes last moved, in whole ms of the engine's clock. */
  active: number;

  /**
   * Thousands of connections are idle, and of each only its relay remains, so the relay is small. `firstByte` gets the
   * result of the destination's first byte. `connection`: see `RelayOutcome`. `body`: what ends the client's request, where
   * that is not the end of its stream.
   */
  constructor(
    context: RelayContext,
    client: Socket,
    destination: Socket,
    firstByte: FirstByteOutcome | undefined,
    connection: number,
    quiet: Quiet,
    body?: RequestBody,
  ) {
    super();
    this.#context = context;
    this.#connection = connection;
    this.quiet = quiet;
    this.#up =
      body === undefined ? new Direction(client, destination, true) : new RequestDirection(client, destination, body);
    // The client's socket has inherited TCP_NODELAY from the listening socket.
    this.#down =
      body === undefined ? new Direction(destination, client, false) : new ResponseDirection(destination, client);
    if (firstByte !== undefined) this.#firstByte = new FirstByte(context.engine, firstByte);
    this.active = Math.floor(context.engine.now);
  }

  /**
   * For a destination that has already been sent `sent` bytes of the client. `unsent` are those of them that its socket has
   * not taken; the socket is polled for room already. Must be called before `start`.
   */
  takeOver(sent: number, unsent: Uint8Array | undefined): void {
    this.#up.takeOver(sent, unsent);
  }

  /**
   * Takes over both sockets. `early` and `rest` are bytes that the client and the destination sent before; `event` is a
   * receive that has just completed at one of the two, behind those bytes.
   */
  start(early?: Uint8Array, rest?: Uint8Array, event?: Received): void {
    const context = this.#context;
    const { engine } = context;
    const { source, sink } = this.#up;
    const ofClient = engine.handOver(source, this);
    const ofDestination = engine.handOver(sink, this);
    const { keepalive } = this.quiet;
    this.#wait(keepalive ? keepalive.idle_s * 1000 * LASTING : undefined);
    if (early !== undefined) this.#firstByte?.fromClient(early[0]);
    if (rest !== undefined && this.#firstByte !== undefined) {
      this.#firstByte.fromDestination(rest[0]);
      this.#wasHeard(this.#firstByte);
    }
    if (early !== undefined) this.#up.deliver(context, early);
    if (rest !== undefined) this.#down.deliver(context, rest);
    this.#up.start(context, (ofClient & Pending.receive) !== 0 || event?.socket === source);
    this.#down.start(context, (ofDestination & Pending.receive) !== 0 || event?.socket === sink);
    if (event !== undefined) this.onReceive(event.socket, event.result, event.memory, event.offset);
  }

  /** Bytes from the client so far, and to it. */
  get up(): number {
    return this.#up.bytes;
  }

  get down(): number {
    // The reply that told the client of its success may have come back unsent, and was never counted.
    return Math.max(this.#down.bytes, 0);
  }

  get client(): Socket {
    return this.#up.source;
  }

  get destination(): Socket | undefined {
    return this.#stage === Stage.over ? undefined : this.#up.sink;
  }

  cut(how: CutBy): void {
    this.#finish('reset', how);
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (this.#stage === Stage.over) return;
    const direction = this.#from(socket);
    if (this.#firstByte !== undefined) this.#listen(this.#firstByte, direction, result, memory.bytes[offset]);
    this.#proceed(direction, direction.received(this.#context, result, memory, offset));
  }

  override onPollIn(socket: Socket): void {
    const direction = this.#from(socket);
    this.#proceed(direction, direction.readable(this.#context));
  }

  override onPollOut(socket: Socket): void {
    const direction = socket === this.#up.sink ? this.#up : this.#down;
    this.#proceed(direction, direction.writable(this.#context));
  }

  override onStreamStopped(socket: Socket): void {
    this.#from(socket).stopped(this.#context);
  }

  override onUnsent(socket: Socket, rest: Uint8Array, error: number): void {
    const direction = socket === this.#up.sink ? this.#up : this.#down;
    this.#proceed(direction, direction.unsent(this.#context, rest, error));
  }

  /**
   * A side that has ended, or whose bytes wait for room at the other side, is not read: only this event tells of its reset.
   * When both directions of a socket have ended, waiting bytes are still delivered.
   */
  override onPollHangup(socket: Socket, result: number): void {
    const direction = this.#from(socket);
    // Otherwise the receive in flight finds it. (The race may have requested this event, too.)
    if (direction.ended || (direction.isStalled && tellsBroken(result))) this.#break(socket);
  }

  #listen(firstByte: FirstByte, direction: Direction, result: number, octet: number): void {
    if (direction === this.#up) {
      if (result > 0) firstByte.fromClient(octet);
    } else if (result > 0) firstByte.fromDestination(octet);
    else if (isEnd(result) && !this.#up.ended) firstByte.destinationEnded();
    if (firstByte.over) this.#wasHeard(firstByte);
  }

  #wasHeard({ heard, since }: FirstByte): void {
    this.#firstByte = undefined;
    if (heard !== undefined) this.#context.ends.heard(this.#connection, heard, since);
  }

  #from(socket: Socket): Direction {
    return socket === this.#up.source ? this.#up : this.#down;
  }

  #proceed(direction: Direction, progress: Progress): void {
    const before = this.active;
    this.active = Math.floor(this.#context.engine.now);
    if (direction.bytes >= MUCH) this.#tellMuch(direction, before);
    switch (progress) {
      case 'goes-on':
        break;
      case 'ended':
        this.#passEndOn(direction);
        break;
      case 'source-broken':
        this.#break(direction.source);
        break;
      case 'sink-broken':
        this.#break(direction.sink);
        break;
      default:
        progress satisfies never;
    }
  }

  #tellMuch(direction: Direction, before: number): void {
    const way = direction === this.#up ? 'up' : 'down';
    this.#context.bulk?.moved(this.#connection, way, direction.bytes, direction.isHeldUp, before);
  }

  /** The source has ended and the sink has taken all its bytes: the sink gets the end of stream, too. */
  #passEndOn(direction: Direction): void {
    const { tunnelEnds } = this.#context;
    if (tunnelEnds !== undefined) {
      if (direction === this.#up) tunnelEnds.finish(direction.sink.fd);
      else if (tunnelEnds.isBroken(direction.source.fd)) {
        this.#break(direction.source);
        return;
      }
    }
    if (this.#up.ended && this.#down.ended) {
      // Closing the sockets passes the second end on.
      this.#finish('graceful', 'complete');
      return;
    }
    shutdownWrite(direction.sink.fd);
    this.#wait(WATCH_HALF_CLOSED_AFTER_MS);
  }

  get #isHalfClosed(): boolean {
    return this.#up.ended || this.#down.ended;
  }

  /** How long no byte may move, in ms. */
  get #patience_ms(): number {
    if (!this.#isHalfClosed) return this.quiet.idle_timeout_ms;
    const { half_closed_timeout_ms } = this.#context.options;
    return half_closed_timeout_ms === 0 ? Number.POSITIVE_INFINITY : half_closed_timeout_ms;
  }

  /** Sets the deadline: when nothing has moved for too long, or after `look_ms` if that is earlier. */
  #wait(look_ms = Number.POSITIVE_INFINITY): void {
    const { deadlines } = this.#context;
    const wait_ms = Math.min(look_ms, this.#patience_ms);
    if (wait_ms < Number.POSITIVE_INFINITY) deadlines.set(this, this.active + wait_ms);
    else deadlines.clear(this);
  }

  /** One side is broken: the other side is reset. */
  #break(side: Socket): void {
    const client = side === this.#up.source;
    if (!client && this.#firstByte !== undefined) {
      this.#firstByte.destinationReset();
      this.#wasHeard(this.#firstByte);
    }
    this.#finish('reset', client ? 'reset-by-client' : 'reset-by-destination');
  }

  onDeadline(now: number): void {
    if (this.active + this.#patience_ms <= now) {
      this.#finish('reset', this.#isHalfClosed ? 'half-closed' : 'idle');
      return;
    }
    if (this.#stage === Stage.young) this.#lasts();
    if (this.#isHalfClosed && this.#stage === Stage.lasting) {
      this.#stage = Stage.watched;
      this.#context.engine.pollHangup(this.#up.ended ? this.#up.source : this.#down.source);
    }
    // Bytes only record the time; the deadline is moved when it expires.
    this.#wait();
  }

  #lasts(): void {
    this.#stage = Stage.lasting;
    const { keepalive } = this.quiet;
    if (!keepalive) return;
    setKeepAlive(this.#up.source.fd, keepalive);
    setKeepAlive(this.#up.sink.fd, keepalive);
    this.#context.tunnelEnds?.setKeepAlive(this.#up.sink.fd, keepalive);
  }

  #finish(ending: Ending, how: RelayEnd['how']): void {
    const { engine, deadlines } = this.#context;
    this.#stage = Stage.over;
    this.#firstByte?.ended();
    deadlines.clear(this);
    this.#up.release(this.#context);
    this.#down.release(this.#context);
    engine.close(this.#up.source, ending);
    engine.close(this.#up.sink, ending);
    this.#context.ends.relayed(this.#connection, { how, up: this.up, down: this.down });
  }
}
