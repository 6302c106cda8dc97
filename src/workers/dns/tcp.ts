// One question to one server over a TCP connection of its own (RFC 7766): two octets of length before each message.
// It keeps no connection for the next question.
import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { encodeQuery, judgeAnswer, type Question } from '../../protocol/dns-message.js';
import type { Nameserver } from '../../protocol/options.js';
import { type Asked, exchange, noAnswer, type Reply } from './exchange.js';

const LENGTH_OCTETS = 2;

export function askTcp(server: Nameserver, question: Question): Asked<Reply> {
  return exchange((settle) => {
    const id = randomInt(0x10000);
    const frame = new Frame();
    const socket = connect({ host: server.address, port: server.port, noDelay: true });
    socket.on('error', (error) => settle(noAnswer(error)));
    socket.on('close', () => settle({ kind: 'no-answer', reason: 'closed before the answer' }));
    socket.on('connect', () => socket.write(framed(encodeQuery(question, id))));
    socket.on('data', (chunk: Buffer) => {
      const message = frame.add(chunk);
      if (message === undefined) return;
      const judgement = judgeAnswer(message, question, id);
      settle(
        judgement.kind === 'invalid' ? { kind: 'no-answer', reason: `invalid answer: ${judgement.code}` } : judgement,
      );
    });
    return () => socket.destroy();
  });
}

function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_OCTETS);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Collects the first message of a stream; at most 65 537 octets and one chunk are held. */
class Frame {
  #chunks: Buffer[] = [];
  #received = 0;
  #needed: number | undefined;

  /** The message, once it is whole. */
  add(chunk: Buffer): Buffer | undefined {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#received < LENGTH_OCTETS) return undefined;
    this.#needed ??= LENGTH_OCTETS + Buffer.concat(this.#chunks).readUInt16BE(0);
    if (this.#received < this.#needed) return undefined;
    return Buffer.concat(this.#chunks).subarray(LENGTH_OCTETS, this.#needed);
  }
}
