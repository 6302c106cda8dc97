// Feeds a way in as a handshake does, in pieces, and tells in plain values what came of it.
import type { Inbound, InboundStep, Requested } from '../../../src/protocol/inbound/inbound.js';

/** `text`: what the client gets, or what the destination gets first, as Latin-1. */
export type Outcome =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }
  | { readonly kind: 'claimed'; readonly name: string; readonly password: string }
  | { readonly kind: 'requested'; readonly host: string; readonly port: number; readonly text: string };

export const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** The last step; `unread` are the pieces that came after it. */
export function converse(
  first: Inbound,
  parts: readonly Uint8Array[],
): { readonly step: InboundStep; readonly unread: Uint8Array } {
  let inbound = first;
  let held: Uint8Array = new Uint8Array(0);
  for (const [index, part] of parts.entries()) {
    held = Buffer.concat([held, part]);
    let step = inbound.feed(held, 0, held.length);
    while (step.kind === 'proceed') {
      held = held.subarray(step.size);
      inbound = step.next;
      step = inbound.feed(held, 0, held.length);
    }
    if (step.kind !== 'incomplete') return { step, unread: Buffer.concat(parts.slice(index + 1)) };
  }
  return { step: { kind: 'incomplete' }, unread: new Uint8Array(0) };
}

/** Bytes that come after the request count as if they had come with it. */
export function outcomeOf(inbound: Inbound, parts: readonly Uint8Array[]): Outcome {
  const { step, unread } = converse(inbound, parts);
  switch (step.kind) {
    case 'requested':
      return { kind: 'requested', host: step.target.asked, port: step.target.port, text: sentBy(step, unread) };
    case 'refused': {
      const text = Buffer.from(step.answer ?? []).toString('latin1');
      return { kind: 'refused', status: Number(text.slice(9, 12)), text };
    }
    case 'claimed':
      return { kind: 'claimed', name: step.name, password: step.password };
    case 'incomplete':
      return { kind: 'incomplete' };
    default:
      throw new Error(step.kind);
  }
}

/** What the destination gets in the end. A body that breaks its rules later ends there. */
function sentBy({ early, body }: Requested, unread: Uint8Array): string {
  const more = body === undefined ? unread.length : body.take(unread, 0, unread.length);
  return Buffer.concat([early ?? new Uint8Array(0), unread.subarray(0, more)]).toString('latin1');
}

/** In one piece, at every place in two, and byte by byte. */
export function* splits(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at < bytes.length; at += 1) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
}
