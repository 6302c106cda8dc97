// The addresses that a load's connections use in turn, source addresses in 127.1.0.0/24 and target ports, and what they say to
// reach the target. One pair of addresses has only some 28 000 ephemeral ports, and each stays in TIME_WAIT for a minute.
import { packAddress } from '../../../src/linux/addresses.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import type { Ask, Speech, Way } from '../../shared/messages.js';
import { type Message, messagesFor } from './speech.js';

const LOOPBACK = new Uint8Array([127, 0, 0, 1]);
const SOURCES = 250;
const PAGE_SIZE = 4096;
const PLAIN: Speech = { kind: 'socks5' };

/** A message in the memory that the kernel reads. */
export interface PlacedMessage {
  readonly message: Message;
  readonly memory: Memory;
  readonly offset: number;
}

export class Route {
  /** The address to connect to, packed. */
  readonly entry: Uint8Array;
  readonly handshake: boolean;
  /** The messages of a connection, by target port. */
  readonly #talks: readonly (readonly PlacedMessage[])[];
  readonly #sources: Uint8Array[] = [];
  #source = 0;
  #talk = 0;

  constructor(way: Way) {
    this.entry = packAddress(LOOPBACK, way.entry);
    this.handshake = way.ask !== undefined;
    for (let i = 1; i <= SOURCES; i += 1) this.#sources.push(new Uint8Array([127, 1, 0, i]));
    this.#talks = way.ask === undefined ? [] : place(way.ask);
  }

  nextSource(): Uint8Array {
    this.#source = (this.#source + 1) % SOURCES;
    return this.#sources[this.#source];
  }

  /** The messages of the next connection. There are none without a handshake. */
  nextTalk(): readonly PlacedMessage[] {
    this.#talk = (this.#talk + 1) % this.#talks.length;
    return this.#talks[this.#talk];
  }
}

/** Puts the messages for all ports into memory, one behind the other. */
function place({ host, ports, speech = PLAIN }: Ask): PlacedMessage[][] {
  const talks = ports.map((port) => messagesFor(speech, host, port));
  const size = talks.flat().reduce((sum, { bytes }) => sum + bytes.length, 0);
  const memory = mapMemory(Math.ceil(size / PAGE_SIZE) * PAGE_SIZE);
  let offset = 0;
  return talks.map((messages) =>
    messages.map((message) => {
      const placed = { message, memory, offset };
      memory.bytes.set(message.bytes, offset);
      offset += message.bytes.length;
      return placed;
    }),
  );
}
