// A client that guesses passwords as fast as it can: over SOCKS5 and HTTP in turn, from many addresses of 127.0.0.0/8, so many
// connections at a time. It counts how it was refused. Written for many guesses: a connection has one message and one answer.
import { connect } from 'node:net';
import { resetSocket } from '../../src/dial/reset.js';
import { greeting } from './socks-client.js';
import { credentials } from './socks-user.js';

export interface Guessing {
  readonly port: number;
  readonly guesses: number;
  /** Addresses that the guesses come from, from 127.1.0.1 on. */
  readonly addresses: number;
  readonly at_a_time: number;
  /** Whether to go on. */
  readonly wanted: () => boolean;
}

export interface Guessed {
  /** Refusals in the words of the protocol. */
  socks: number;
  http: number;
  /** Connections that ended in another way. */
  otherwise: number;
}

/** Resolves when all guesses have been answered. */
export async function guess({ port, guesses, addresses, at_a_time, wanted }: Guessing): Promise<Guessed> {
  const guessed: Guessed = { socks: 0, http: 0, otherwise: 0 };
  let next = 0;
  const guessOn = async (): Promise<void> => {
    while (next < guesses && wanted()) {
      const number = next;
      next += 1;
      const address = `127.1.${Math.floor((number % addresses) / 250)}.${1 + ((number % addresses) % 250)}`;
      guessed[await guessOnce(port, address, number)] += 1;
    }
  };
  await Promise.all(Array.from({ length: at_a_time }, guessOn));
  return guessed;
}

function guessOnce(port: number, localAddress: string, number: number): Promise<keyof Guessed> {
  const isSocks = Math.floor(number / 2) % 2 === 0;
  const password = `guess ${number}`;
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (!(isSocks ? answer.length >= 4 : answer.includes('\r\n\r\n'))) return;
      // No TIME_WAIT stays behind, of which there would be too many.
      resetSocket(socket);
      if (isSocks) resolve(answer === '\x05\x02\x01\x01' ? 'socks' : 'otherwise');
      else resolve(answer.startsWith('HTTP/1.1 407 ') ? 'http' : 'otherwise');
    });
    socket.on('error', () => resolve('otherwise'));
    socket.on('close', () => resolve('otherwise'));
    socket.write(isSocks ? Buffer.concat([greeting([2]), credentials({ name: 'alice', password })]) : basic(password));
  });
}

function basic(password: string): string {
  const pair = Buffer.from(`alice:${password}`).toString('base64');
  return `CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\nProxy-Authorization: Basic ${pair}\r\n\r\n`;
}
