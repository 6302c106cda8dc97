// An address without a server, where something on the way answers: for targeted names it sends forged addresses, several
// answers in a row, and for all others nothing. It records the names that it is asked for.
import { createSocket, type Socket } from 'node:dgram';
import dnsPacket from 'dns-packet';

export class Injector {
  readonly address = '127.0.0.1';
  readonly heard: string[] = [];
  /** While false, it is silent. */
  forging = true;
  readonly #forged: ReadonlyMap<string, readonly string[]>;
  readonly #socket: Socket = createSocket('udp4');
  port = 0;

  private constructor(forged: Readonly<Record<string, readonly string[]>>) {
    this.#forged = new Map(Object.entries(forged));
  }

  /** `forged` has addresses by name; each address gets its own answer. `*` stands for every other name. */
  static async start(forged: Readonly<Record<string, readonly string[]>>): Promise<Injector> {
    const injector = new Injector(forged);
    const socket = injector.#socket;
    socket.on('message', (bytes, from) => {
      for (const answer of injector.#answers(bytes)) socket.send(answer, from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, injector.address, resolve));
    injector.port = socket.address().port;
    return injector;
  }

  /** This address as a configured phantom server. */
  get at(): { readonly address: string; readonly port: number } {
    return { address: this.address, port: this.port };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #answers(bytes: Buffer): Buffer[] {
    const { id, questions } = dnsPacket.decode(bytes);
    const question = questions?.[0] as dnsPacket.Question;
    this.heard.push(question.name);
    if (!this.forging) return [];
    const forged = this.#forged.get(question.name) ?? this.#forged.get('*') ?? [];
    const type = 'A' as const;
    return forged.map((data) =>
      dnsPacket.encode({
        ...{ type: 'response', id: id as number, questions: [question] },
        answers: question.type === type ? [{ type, name: question.name, ttl: 300, data }] : [],
      }),
    );
  }
}
