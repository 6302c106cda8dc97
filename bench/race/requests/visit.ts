// One request as a client makes it: SOCKS5 CONNECT, the client's first bytes, and the time until the server's first byte. A
// ClientHello is sent as bytes, and only a handshake record counts as success, so that measuring costs little; real TLS
// clients are in real-client.ts.
import { connect, type Socket } from 'node:net';
import { BANNER } from '../field/services.js';

export interface Destination {
  readonly host: string;
  readonly port: number;
}

export interface Visited {
  /** Milliseconds from the first packet to the server's first byte, or to the failure. */
  readonly ms: number;
  readonly failure: string | undefined;
}

/** The client's first bytes, and the judgement of the server's. */
export interface Words {
  readonly say: Uint8Array;
  /** Why the server's first bytes are not what was wanted; undefined if they are. */
  judge(bytes: Buffer): string | undefined;
}

const HANDSHAKE_RECORD = 22;
const ALERT_RECORD = 21;

export function tlsWords(hello: Uint8Array): Words {
  return {
    say: hello,
    judge([type]) {
      if (type === HANDSHAKE_RECORD) return undefined;
      return type === ALERT_RECORD ? 'an alert' : 'no TLS record';
    },
  };
}

export const echoWords: Words = {
  say: Buffer.from('say this again'),
  judge: (bytes) => (Buffer.from('say this again').subarray(0, bytes.length).equals(bytes) ? undefined : 'other words'),
};

export const bannerWords: Words = {
  say: new Uint8Array(0),
  judge: (bytes) => (BANNER.startsWith(bytes.toString('latin1')) ? undefined : 'another banner'),
};

const GREETING = Buffer.from([5, 1, 0]);
/** Bytes of a reply from which its size is known; all subjects answer with an IPv4 address here. */
const HEAD_OF_REPLY = 5;

type Step = 'connecting' | 'greeting' | 'request' | 'first byte';

/** `destination` is undefined where the subject takes no SOCKS handshake. */
export function visit(
  entry: number,
  destination: Destination | undefined,
  words: Words,
  timeout_ms: number,
): Promise<Visited> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket = connect({ port: entry, host: '127.0.0.1', noDelay: true });
    let step: Step = 'connecting';
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (failure: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ms: performance.now() - began, failure });
    };
    const timer = setTimeout(() => settle(`${step}: nothing for ${timeout_ms} ms`), timeout_ms);
    const speak = (): void => {
      step = 'first byte';
      if (words.say.length > 0) socket.write(words.say);
    };
    socket.on('connect', () => {
      if (destination === undefined) speak();
      else {
        step = 'greeting';
        socket.write(GREETING);
      }
    });
    socket.on('data', (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      if (step === 'greeting' && bytes.length >= 2) {
        if (bytes[1] !== 0) return settle(`greeting: method ${bytes[1]}`);
        bytes = bytes.subarray(2);
        step = 'request';
        socket.write(requestFor(destination as Destination));
      }
      if (step === 'request' && bytes.length >= HEAD_OF_REPLY) {
        if (bytes[1] !== 0) return settle(`REP ${bytes[1]}`);
        const size = replySize(bytes);
        if (bytes.length < size) return;
        bytes = bytes.subarray(size);
        speak();
      }
      if (step === 'first byte' && bytes.length > 0) settle(words.judge(bytes));
    });
    ends(socket, (how) => settle(`${step}: ${how}`));
  });
}

/** `ended` may be called after the visit has settled, which destroys the socket: a promise settles only once. */
function ends(socket: Socket, ended: (how: string) => void): void {
  socket.on('end', () => ended('closed'));
  socket.on('error', (error: NodeJS.ErrnoException) => ended(error.code ?? error.message));
}

function replySize(bytes: Buffer): number {
  const type = bytes[3];
  return 4 + (type === 1 ? 4 : type === 4 ? 16 : 1 + bytes[4]) + 2;
}

/** CONNECT (RFC 1928 section 4) to an IPv4 address or a name. */
function requestFor({ host, port }: Destination): Buffer {
  const end = [port >> 8, port & 255];
  if (/^[\d.]+$/.test(host)) return Buffer.from([5, 1, 0, 1, ...host.split('.').map(Number), ...end]);
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, Buffer.from(end)]);
}
