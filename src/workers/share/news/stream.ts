// The stream of news in the engine, as commands and replies. What the entries say is sealed: see protocol/share/news-reader.ts. Nothing
// here throws, whatever the reply: who has the engine may have put anything there.
import type { Command, Reply } from '../engine/engine.js';

/** Entries that are kept, about: the news of some seconds of a large site, of more than a minute of a usual one. */
const KEPT = '1024';
/** After the last one. News are of use for ten seconds. */
const KEPT_MS = '3600000';
/** Entries that are read at once: each costs a signature, a tenth of a millisecond. */
export const READ_MAX = 128;
const FIELD = 'n';
const ID = /^(\d{1,15})-(\d{1,20})$/;

/** The place behind an entry. */
export interface Place {
  /** When the entry came to the engine, by its clock. */
  readonly ms: number;
  readonly id: string;
}

export interface Entry extends Place {
  readonly value: Buffer;
}

/** Behind all that came before a moment of the engine's clock. */
export const placeAt = (ms: number): Place => ({ ms, id: `${Math.max(0, Math.floor(ms))}-0` });

export const TIME: Command = ['TIME'];

/** In ms; undefined for what is no reply to TIME. */
export function timeOf(reply: Reply | undefined): number | undefined {
  if (!Array.isArray(reply) || reply.length !== 2) return undefined;
  const [seconds, micros] = reply.map((part) => Number(textOf(part)));
  const ms = seconds * 1000 + micros / 1000;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

export const read = (key: string, { id }: Place): Command => ['XRANGE', key, `(${id}`, '+', 'COUNT', String(READ_MAX)];

/** The stream of a site that is no more ends by itself. */
export const write = (key: string, value: Buffer): readonly Command[] => [
  ['XADD', key, 'MAXLEN', '~', KEPT, '*', FIELD, value],
  ['PEXPIRE', key, KEPT_MS],
];

/** The entries of a reply to `read`, and the place behind them. An entry of another form has an empty value. */
export function entriesOf(reply: Reply | undefined): readonly Entry[] {
  if (!Array.isArray(reply)) return [];
  return reply.slice(0, READ_MAX).flatMap((one: Reply): Entry[] => {
    if (!Array.isArray(one)) return [];
    const id = textOf(one[0]);
    const ms = ID.exec(id)?.[1];
    return ms === undefined ? [] : [{ ms: Number(ms), id, value: sealedOf(one[1]) }];
  });
}

const NOTHING = Buffer.alloc(0);

function sealedOf(fields: Reply | undefined): Buffer {
  const [name, value] = Array.isArray(fields) && fields.length === 2 ? fields : [undefined, undefined];
  return textOf(name) === FIELD && Buffer.isBuffer(value) ? value : NOTHING;
}

/** Empty for what is no text. */
const textOf = (reply: Reply | undefined): string =>
  typeof reply === 'string' || Buffer.isBuffer(reply) ? String(reply) : '';
