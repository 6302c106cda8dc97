// Reads HTTP messages from a raw connection, byte by byte, as far as tests need it.
import type { Peer } from './socks-peer.js';

export const lines = (...text: readonly string[]): string => `${text.join('\r\n')}\r\n\r\n`;

/** Up to the empty line, with it. */
export async function readHead(peer: Peer): Promise<string> {
  let head = '';
  while (!head.endsWith('\r\n\r\n')) head += (await peer.read(1)).toString('latin1');
  return head;
}

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A whole answer, up to the end of the stream. */
export async function readAnswer(peer: Peer): Promise<Answer> {
  const text = (await peer.rest()).toString('latin1');
  const end = text.indexOf('\r\n\r\n') + 4;
  return { status: Number(text.slice(9, 12)), head: text.slice(0, end), body: text.slice(end) };
}
