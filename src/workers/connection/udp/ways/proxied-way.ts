// The way of a line with proxies: an association at each of them, so that the first one relays to the second and the last one to the
// destination. Datagrams leave and come by one socket that is connected to the relay of the first proxy, so that nobody else can
// send to it.
import { lendAddress } from '../../../../linux/addresses.js';
import type { Engine } from '../../../../linux/engine/engine.js';
import type { Socket } from '../../../../linux/engine/socket.js';
import { isError } from '../../../../linux/result.js';
import { closeFd, connectTo } from '../../../../linux/sockets.js';
import type { Batch, Outgoing } from '../../../../linux/udp/datagrams.js';
import { readUdpErrors } from '../../../../linux/udp/errors.js';
import { sameIp } from '../../../../protocol/address/same-ip.js';
import { type Target, targetOfIp } from '../../../../protocol/address/target.js';
import { type Failure, type FailureCode, failureTowards } from '../../../../protocol/race/failure.js';
import type { DropCounts } from '../../../../protocol/udp/drop-of.js';
import { Nested } from '../../../../protocol/udp/nested.js';
import type { UdpLimits } from '../../../../threads/shared/udp-limits.js';
import { failureOfConnect, failureOfResult } from '../../race/attempt/causes.js';
import type { Crowd } from '../../shared/dialling/crowds.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { OverLink } from '../../shared/dialling/links.js';
import type { AskedProxies, Reached } from './asked-proxies.js';
import { ANYWHERE } from './association-attempt.js';
import { Associations, type AssociationsOutcome, type AssociationsParts } from './associations.js';
import { FirstProxy, type FirstProxyParts } from './first-proxy.js';
import { LossyHandler } from './lossy-handler.js';
import type { Unheard } from './unheard.js';
import { Unwrapped } from './unwrapped.js';
import type { Way, WayAddress, WayOutcome } from './way.js';
import { NO_ROOM, openFrom, sourceOf } from './way-socket.js';

/** The parts of the actor's context that a way through proxies needs. */
export interface ProxiedWayParts extends AssociationsParts, FirstProxyParts {
  readonly engine: AssociationsParts['engine'] &
    Pick<Engine, 'receiveDatagrams' | 'sendDatagrams' | 'sendDatagramCopy'>;
  readonly udpLimits: Pick<UdpLimits, 'openWay' | 'wayClosed'>;
  readonly proxies: Pick<AskedProxies, 'begins' | 'associated' | 'failed'>;
  readonly udpTally: DropCounts;
  readonly unheard: Unheard;
}

/** At another address of the first proxy these would be the same. */
const EVERYWHERE: ReadonlySet<FailureCode> = new Set([
  'line-no-udp',
  'proxy-authentication',
  'out-of-resources',
  'link-down',
]);

/** Begins to open a way; `depth`: how many gateways the client's request has passed. */
export function openProxiedWay(
  parts: ProxiedWayParts,
  line: DialLine,
  depth: number,
  outcome: WayOutcome,
): Way | Failure {
  const way = new ProxiedWay(parts, line, depth, outcome);
  return way.begin() ?? way;
}

class ProxiedWay extends LossyHandler implements Way, AssociationsOutcome, OverLink {
  readonly line: DialLine;
  readonly depth: number;
  state: Way['state'] = 'opening';
  readonly #parts: ProxiedWayParts;
  readonly #outcome: WayOutcome;
  readonly #proxy: FirstProxy;
  /** Addresses of the first proxy; the first is in use. */
  #ips: readonly Uint8Array[] = [];
  #associations: Associations | undefined;
  #socket: Socket | undefined;
  #nested: Nested | undefined;
  #unwrapped: Unwrapped | undefined;
  #crowd: Crowd | undefined;
  #isUnheard = true;

  constructor(parts: ProxiedWayParts, line: DialLine, depth: number, outcome: WayOutcome) {
    super(parts.udpTally);
    this.#parts = parts;
    this.line = line;
    this.depth = depth;
    this.#outcome = outcome;
    this.#proxy = new FirstProxy(parts, line, ANYWHERE, (found) => this.#resume(this.#found(found)));
  }

  begin(): Failure | undefined {
    const { udpLimits, unheard, links } = this.#parts;
    if (!udpLimits.openWay(this.#outcome.client.fd, this.#fds)) return NO_ROOM;
    this.#crowd = unheard.begins(this.line.number);
    if (this.line.hasLink) links.begins(this.line.number, this);
    const found = this.#proxy.find();
    const failure = found && this.#found(found);
    if (failure !== undefined) this.close();
    return failure;
  }

  /** A control connection to each proxy, and the socket of the datagrams. */
  get #fds(): number {
    return this.line.hops.length + 1;
  }

  #found(found: readonly Uint8Array[] | Failure): Failure | undefined {
    if ('code' in found) {
      this.#parts.proxies.failed(this.line, undefined, found, 'no', false);
      return found;
    }
    this.#ips = found;
    return this.#associate();
  }

  /** Begins with the first of the addresses at which that is possible. */
  #associate(): Failure | undefined {
    for (;;) {
      this.#associations = new Associations(this.#parts, this.line, this.#ips[0], this.#crowd, this);
      const failure = this.#associations.begin();
      if (failure === undefined || !this.#goOn(failure)) return failure;
    }
  }

  /** Whether there is another address after this failure. */
  #goOn({ code }: Failure): boolean {
    this.#ips = this.#ips.slice(1);
    return this.#ips.length > 0 && !EVERYWHERE.has(code);
  }

  /** Ends after a failure, if there is one. */
  #resume(failure: Failure | undefined): void {
    if (failure !== undefined) this.#fail(failure);
  }

  // Of the associations

  associated(relays: readonly Target[]): void {
    const { engine, proxies } = this.#parts;
    proxies.associated(this.line);
    const [nearest, ...others] = relays;
    const fd = this.#openSocket(nearest.ip as Uint8Array, nearest.port);
    if (typeof fd !== 'number') {
      this.#cannotSend(failureTowards('line', fd));
      return;
    }
    this.#nested = new Nested(others);
    this.#socket = engine.adopt(fd, this);
    engine.receiveDatagrams(this.#socket);
    this.state = 'open';
    this.#outcome.opened(this);
  }

  failed(failure: Failure, reached: Reached, toldDepth: boolean): void {
    // That a proxy ends an association after a while is no fault.
    if (this.state === 'opening') this.#parts.proxies.failed(this.line, this.#ips[0], failure, reached, toldDepth);
    if (this.state === 'opening' && this.#goOn(failure)) this.#resume(this.#associate());
    else this.#fail(failure);
  }

  /** The proxies were asked, and nothing gets to where they take datagrams. */
  #cannotSend(failure: Failure): void {
    this.#parts.proxies.failed(this.line, this.#ips[0], failure, 'unknown', false);
    this.#fail(failure);
  }

  /** A socket that leaves as the line does, and is connected to a proxy's relay: its fd. */
  #openSocket(ip: Uint8Array, port: number): number | Failure {
    const { links, egress } = this.#parts;
    const { line } = this;
    // What a proxy says has to pass as its own address has.
    const permission = sameIp(ip, this.#ips[0]) ? undefined : egress.mayDial(line, ip, ANYWHERE, undefined);
    if (permission !== undefined && permission.code !== 'allowed') return permission;
    const source = sourceOf(links, line, ip.length);
    if ('code' in source) return source;
    const fd = openFrom(line, source, ip.length);
    if (typeof fd !== 'number') return fd;
    const result = connectTo(fd, lendAddress(ip, port));
    if (!isError(result)) return fd;
    closeFd(fd);
    return failureOfConnect(result, line, ip);
  }

  // As a way

  addressOf(target: Target, ip: Uint8Array | undefined): WayAddress {
    return new ProxiedAddress(this, ip === undefined ? target : targetOfIp(ip, target.port));
  }

  headFor(target: Target): Uint8Array | undefined {
    return this.#nested?.headFor(target);
  }

  send({ head }: WayAddress, out: Outgoing): void {
    out.to = undefined;
    out.head = head;
    this.#parts.engine.sendDatagrams(this.#socket as Socket, out);
  }

  sendCopy({ head }: WayAddress, bytes: Uint8Array, ecn: number): void {
    this.#parts.engine.sendDatagramCopy(this.#socket as Socket, undefined, head, bytes, ecn);
  }

  override onDatagrams(_socket: Socket, batch: Batch): void {
    this.#unwrapped ??= new Unwrapped(this.#nested as Nested, batch);
    const unwrapped = this.#unwrapped;
    for (let place = 0; place < batch.count && this.state === 'open'; place += 1) {
      const drop = unwrapped.take(batch, place);
      if (drop === undefined) {
        if (this.#isUnheard) this.#heard();
        this.#outcome.came(this, unwrapped);
      } else this.#parts.udpTally.dropped(drop, 1);
    }
  }

  #heard(): void {
    this.#isUnheard = false;
    this.#parts.unheard.ends(this.line.number);
  }

  /** Nothing gets to the relay of the first proxy. */
  override onDatagramErrors(socket: Socket): void {
    let failure: Failure | undefined;
    readUdpErrors(socket.fd, ({ errno, origin, mtu }) => {
      // That a datagram was too long ends nothing: its sender finds the size of its path by itself.
      if (mtu === 0 && origin !== 'local') failure = failureOfResult(-errno);
    });
    if (failure !== undefined) this.#cannotSend(failureTowards('line', failure));
  }

  linkDown(failure: Failure): void {
    this.#fail(failure);
  }

  #fail(failure: Failure): void {
    if (this.state === 'failed') return;
    this.close();
    this.#outcome.failed(this, failure);
  }

  close(): void {
    if (this.state === 'failed') return;
    this.state = 'failed';
    const { links, udpLimits, engine } = this.#parts;
    if (this.line.hasLink) links.ends(this.line.number, this);
    if (this.#isUnheard) this.#heard();
    this.#proxy.forget();
    this.#associations?.close();
    if (this.#socket !== undefined) engine.close(this.#socket, 'graceful');
    udpLimits.wayClosed(this.#outcome.client.fd, this.#fds);
  }
}

/** Made before it is known where the proxies take datagrams. */
class ProxiedAddress implements WayAddress {
  readonly to = undefined;
  readonly #way: ProxiedWay;
  readonly #target: Target;
  #head: Uint8Array | undefined;

  constructor(way: ProxiedWay, target: Target) {
    this.#way = way;
    this.#target = target;
  }

  get head(): Uint8Array | undefined {
    this.#head ??= this.#way.headFor(this.#target);
    return this.#head;
  }
}
