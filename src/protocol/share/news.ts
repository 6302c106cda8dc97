// News of a gateway as bytes: lines that have failed it or work again, and addresses against which it has evidence. What is
// believed of it is not decided here. Who tells it, and when, is sealed and signed by news-teller.ts.
import { Reader, Writer } from './bytes.js';
import { isShareName } from './keys.js';
import { LINE_ID_OCTETS, type LineId } from './line-ids.js';

const VERSION = 1;
/** So many news go into one message, the most. */
export const NEWS_AT_ONCE = 8;
const NAME_OCTETS_MAX = 253;
const ITEM_MAX = 1 + (1 + 16) + 1 + 4 + (1 + NAME_OCTETS_MAX);
export const NEWS_BODY_MAX = 1 + (1 + 32) + 8 + 1 + NEWS_AT_ONCE * ITEM_MAX;

/** Kinds of evidence (protocol/trust) that other gateways are told. What an operator or a configuration says stays at home. */
export const TOLD_EVIDENCE = ['injection', 'spoofing', 'outcome'] as const;
export type ToldEvidence = (typeof TOLD_EVIDENCE)[number];

export type News =
  /** The line is dead, its circuit is open, or its link is down. Told again while it is so. */
  | { readonly kind: 'line-down'; readonly line: LineId }
  /** It works again. */
  | { readonly kind: 'line-up'; readonly line: LineId }
  | {
      readonly kind: 'bad-address';
      readonly address: Uint8Array;
      /** The name for which it is bad, at most 253 octets. */
      readonly name: string;
      readonly how: ToldEvidence;
      /** For how long the evidence holds, in whole seconds. */
      readonly for_s: number;
    }
  /** The gateway takes back what it said of the address, since it works there. */
  | { readonly kind: 'good-address'; readonly address: Uint8Array };

const KINDS = ['line-down', 'line-up', 'bad-address', 'good-address'] as const satisfies readonly News['kind'][];

export interface NewsBody {
  readonly gateway: string;
  /** Greater than that of all earlier messages of the gateway: see sequence.ts. */
  readonly sequence: number;
  readonly news: readonly News[];
}

/** At most NEWS_AT_ONCE news. */
export function encodeNews({ gateway, sequence, news }: NewsBody): Buffer {
  if (news.length > NEWS_AT_ONCE) throw new RangeError(`${news.length} news at once`);
  const writer = new Writer(NEWS_BODY_MAX).octet(VERSION).text(gateway).long(sequence).octet(news.length);
  for (const one of news) write(writer, one);
  return writer.written;
}

/** Undefined for what is no message of this version. */
export function decodeNews(bytes: Uint8Array): NewsBody | undefined {
  if (bytes.length > NEWS_BODY_MAX) return undefined;
  const reader = new Reader(bytes);
  if (reader.octet() !== VERSION) return undefined;
  const gateway = reader.text();
  const sequence = reader.long();
  const count = reader.octet();
  if (count > NEWS_AT_ONCE || !isShareName(gateway)) return undefined;
  const news: News[] = [];
  for (let n = 0; n < count; n += 1) {
    const one = read(reader);
    if (one === undefined) return undefined;
    news.push(one);
  }
  return reader.isWhole ? { gateway, sequence, news } : undefined;
}

function write(writer: Writer, one: News): void {
  writer.octet(KINDS.indexOf(one.kind));
  switch (one.kind) {
    case 'line-down':
    case 'line-up':
      writer.bytes(Buffer.from(one.line, 'base64url'));
      return;
    case 'bad-address':
      writer.counted(one.address).octet(TOLD_EVIDENCE.indexOf(one.how)).word(one.for_s).text(one.name);
      return;
    case 'good-address':
      writer.counted(one.address);
      return;
    default:
      one satisfies never;
  }
}

function read(reader: Reader): News | undefined {
  const kind = KINDS[reader.octet()];
  switch (kind) {
    case 'line-down':
    case 'line-up':
      return { kind, line: reader.bytes(LINE_ID_OCTETS).toString('base64url') };
    case 'bad-address': {
      const address = addressOf(reader);
      const how = TOLD_EVIDENCE[reader.octet()];
      const for_s = reader.word();
      const name = reader.text();
      if (address === undefined || how === undefined || !isPlainName(name)) return undefined;
      return { kind, address, name, how, for_s };
    }
    case 'good-address': {
      const address = addressOf(reader);
      return address && { kind, address };
    }
    default:
      return undefined;
  }
}

function addressOf(reader: Reader): Uint8Array | undefined {
  const address = reader.counted();
  return address.length === 4 || address.length === 16 ? new Uint8Array(address) : undefined;
}

/** Names are normalised where evidence is found: visible ASCII. */
const isPlainName = (name: string): boolean => /^[!-~]{1,253}$/.test(name);
