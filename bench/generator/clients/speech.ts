// What a client says to a proxy before data can be exchanged, and how it judges the answers: SOCKS5 (RFC 1928), also with a
// password (RFC 1929), and CONNECT of HTTP (RFC 9110 section 9.3.6). Pure: proxy-client.ts sends and receives.
import type { Credentials, Speech } from '../../shared/messages.js';

/** The names of the messages, for failures. */
export type Step = 'greeting' | 'password' | 'request';

interface Wrong {
  /** What is wrong with the answer. */
  readonly wrong: string;
}

export type Heard = 'more' | 'whole' | Wrong;

/** A message of the client, and how its answer is judged. */
export interface Message {
  readonly step: Step;
  readonly bytes: Uint8Array;
  /** Called each time when one more byte has come: `answer` has `size` bytes of it. Not called again after `whole`. */
  heard(answer: Uint8Array, size: number): Heard;
}

/** The longest answer: an HTTP head. One of SOCKS5 has at most 262 bytes. */
export const ANSWER_SIZE_MAX = 1024;

const VERSION = 5;
const METHOD_NONE = 0;
const METHOD_PASSWORD = 2;
const PASSWORD_VERSION = 1;
/** Bytes of a reply up to the first byte of the address; in a name that byte is the length. */
const REPLY_HEAD_SIZE = 5;
const CR = 13;
const LF = 10;

const encoder = new TextEncoder();
const encode = (text: string): Uint8Array => encoder.encode(text);

/** The messages of a connection in their order. Each but the first follows the answer to the one before. */
export function messagesFor(speech: Speech, host: string, port: number): Message[] {
  if (speech.kind === 'http') return [{ step: 'request', bytes: connectOf(host, port), heard: hearStatus }];
  const { user } = speech;
  const request: Message = { step: 'request', bytes: requestOf(host, port), heard: hearReply };
  if (user === undefined) return [greeting(METHOD_NONE), request];
  return [greeting(METHOD_PASSWORD), { step: 'password', bytes: passwordOf(user), heard: hearPassword }, request];
}

/** It offers one method only. */
function greeting(method: number): Message {
  return {
    step: 'greeting',
    bytes: Uint8Array.of(VERSION, 1, method),
    heard: (answer, size) => hearTwo(answer, size, VERSION, method),
  };
}

function hearTwo(answer: Uint8Array, size: number, first: number, second: number): Heard {
  if (size < 2) return 'more';
  return answer[0] === first && answer[1] === second ? 'whole' : { wrong: `answered ${answer[0]} ${answer[1]}` };
}

/** RFC 1929 section 2. */
function passwordOf({ name, password }: Credentials): Uint8Array {
  const [user, secret] = [encode(name), encode(password)];
  return Uint8Array.of(PASSWORD_VERSION, user.length, ...user, secret.length, ...secret);
}

const hearPassword = (answer: Uint8Array, size: number): Heard => hearTwo(answer, size, PASSWORD_VERSION, 0);

const isIpv4 = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host);

/** RFC 1928 section 4, for an IPv4 address or a name. */
function requestOf(host: string, port: number): Uint8Array {
  const end = [port >> 8, port & 255];
  if (isIpv4(host)) return Uint8Array.of(VERSION, 1, 0, 1, ...host.split('.').map(Number), ...end);
  const name = encode(host);
  return Uint8Array.of(VERSION, 1, 0, 3, name.length, ...name, ...end);
}

function hearReply(answer: Uint8Array, size: number): Heard {
  if (size < REPLY_HEAD_SIZE) return 'more';
  const [version, code, , type, first] = answer;
  if (version !== VERSION || code !== 0) return { wrong: `answered ${version} ${code}` };
  const addressSize = type === 1 ? 4 : type === 4 ? 16 : 1 + first;
  return size === 4 + addressSize + 2 ? 'whole' : 'more';
}

function connectOf(host: string, port: number): Uint8Array {
  const authority = `${host}:${port}`;
  return encode(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
}

/** A status of 2xx, and all of the head. */
function hearStatus(answer: Uint8Array, size: number): Heard {
  if (size < 4 || answer[size - 1] !== LF || answer[size - 2] !== CR) return 'more';
  if (answer[size - 3] !== LF || answer[size - 4] !== CR) return 'more';
  const head = new TextDecoder('latin1').decode(answer.subarray(0, size));
  return /^HTTP\/1\.[01] 2\d\d /.test(head) ? 'whole' : { wrong: `answered ${head.slice(0, head.indexOf('\r'))}` };
}
