// One way to every destination, good or with a fault that can be changed at any time for later connections. It counts dials
// and answers. A proxy has one door, an address one for each service.
import { connect, type Socket } from 'node:net';
import { resetSocket } from '../../../src/dial/reset.js';
import { ALERT, PLAIN_TEXT } from '../../../test/helpers/tls-trick.js';
import { Door, type DoorState } from './door.js';
import { CLOSES_AFTER_MS, FAULTS, type Fault, SLOW_MS } from './faults.js';
import { SERVICES, type Service, type ServicePorts, type WayCounts, type WayPlan } from './messages.js';
import { readRequest, reply } from './socks-request.js';

/** SOCKS5 replies. */
const SUCCEEDED = 0;
const REFUSED = 5;
const RECORD_HEAD = 5;

export class Way {
  readonly #plan: WayPlan;
  /** The ports that destinations are asked for with, and those of the services themselves. */
  readonly #asked: ServicePorts;
  readonly #real: ServicePorts;
  readonly #doors: readonly Door[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #fault: Fault | undefined;
  #dials = 0;
  #answered = 0;

  /** A proxy's door is at `port`; an address has doors at the ports of the services. */
  constructor(plan: WayPlan, host: string, port: number, asked: ServicePorts, real: ServicePorts) {
    this.#plan = plan;
    this.#asked = asked;
    this.#real = real;
    this.#doors =
      plan.kind === 'proxy'
        ? [new Door(host, port, (socket) => this.#proxy(socket))]
        : SERVICES.map((service) => new Door(host, asked[service], (socket) => this.#answerAs(service, socket)));
  }

  async suffer(fault: Fault | undefined): Promise<void> {
    this.#fault = fault;
    const state: DoorState = fault === 'black-hole' ? 'swallowing' : fault === 'refused' ? 'refusing' : 'open';
    for (const door of this.#doors) await door.become(state);
  }

  /** Counts since the last call. */
  count(): WayCounts {
    const counts = { dials: this.#dials, answered: this.#answered };
    this.#dials = 0;
    this.#answered = 0;
    return counts;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const door of this.#doors) await door.close();
  }

  #answerAs(service: Service, socket: Socket): void {
    this.#dials += 1;
    this.#serve(service, socket, this.#fault, Buffer.alloc(0));
  }

  #proxy(socket: Socket): void {
    this.#dials += 1;
    const fault = this.#fault;
    readRequest(socket, (port, rest) => {
      const service = SERVICES.find((name) => this.#asked[name] === port);
      if (service === undefined || fault === 'denied')
        this.#after(this.#plan.connect_ms, () => socket.end(reply(REFUSED)));
      else if (fault === 'unanswered') ignore(socket);
      else if (fault === 'early-silent' || fault === 'early-closes') {
        socket.write(reply(SUCCEEDED));
        ignore(socket);
        if (fault === 'early-closes') this.#after(CLOSES_AFTER_MS, () => socket.end());
      } else {
        const late_ms = fault === 'slow-connect' ? SLOW_MS : 0;
        this.#after(this.#plan.connect_ms + late_ms, () => {
          socket.write(reply(SUCCEEDED));
          this.#serve(service, socket, fault, rest);
        });
      }
    });
  }

  /** Faults of the first byte are faults of TLS; another service with such a fault is silent. */
  #serve(service: Service, socket: Socket, fault: Fault | undefined, came: Buffer): void {
    if (service !== 'tls' && service !== 'retry') {
      if (fault === undefined || FAULTS[fault].phase === 'connect') this.#pass(service, socket, came);
      else ignore(socket);
      return;
    }
    readRecord(socket, came, (hello) => {
      const { firstByte_ms } = this.#plan;
      switch (fault) {
        case 'silent':
          ignore(socket);
          break;
        case 'reset':
          this.#after(firstByte_ms, () => resetSocket(socket));
          break;
        case 'eof':
          this.#after(firstByte_ms, () => socket.resume().end());
          break;
        case 'plain-text':
          this.#after(firstByte_ms, () => socket.resume().end(PLAIN_TEXT));
          break;
        case 'alert':
          this.#after(firstByte_ms, () => socket.resume().end(ALERT));
          break;
        default:
          this.#after(firstByte_ms + (fault === 'slow-answer' ? SLOW_MS : 0), () => this.#pass(service, socket, hello));
      }
    });
  }

  #pass(service: Service, socket: Socket, came: Buffer): void {
    if (socket.destroyed) return;
    const onward = connect({ port: this.#real[service], host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    onward.on('error', () => socket.destroy());
    // Closed by a reset, so that no port stays behind in TIME_WAIT.
    socket.once('close', () => resetSocket(onward));
    onward.once('data', () => {
      this.#answered += 1;
    });
    onward.once('connect', () => {
      if (came.length > 0) onward.write(came);
      socket.pipe(onward).pipe(socket);
    });
  }

  /** Calls `act` after `ms`, unless the way is closed before. */
  #after(ms: number, act: () => void): void {
    if (ms === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Calls `read` with all bytes so far once the first record is whole; it holds a ClientHello of the usual sizes. */
function readRecord(socket: Socket, came: Buffer, read: (bytes: Buffer) => void): void {
  let bytes = came;
  const take = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length < RECORD_HEAD || bytes.length < RECORD_HEAD + bytes.readUInt16BE(3)) return;
    socket.off('data', take);
    socket.pause();
    read(bytes);
  };
  socket.on('data', take);
  socket.resume();
  take(Buffer.alloc(0));
}

/** Reads up to the end of the stream, and sends nothing. */
function ignore(socket: Socket): void {
  socket.on('end', () => socket.end());
  socket.resume();
}
