// Encodes one DNS question, and judges the bytes that came back as its answer (RFC 1035, EDNS0 of RFC 6891). It opens
// no socket, draws no id, keeps nothing, and never throws on bytes from the network.
import { withoutDot } from '../address/host-name.js';
import { type Addresses, type ChainFault, followChain, saneTtl } from './chain.js';
import { type Answer, type DecodedPacket, dnsPacket, type Packet } from './dns-packet.js';
import { CASE_BIT, isLowerLetter, isSameLetter } from './letter-case.js';

export interface Question {
  /** Normalised: see host-name.ts. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  /** Only this name, without the machine's search list; false by default. */
  readonly absolute?: boolean;
  /** A name that cannot exist, for which NXDOMAIN is no reason to ask again. */
  readonly madeUp?: boolean;
}

/** The question for a name as returned by `askedName`: a final dot makes it absolute. */
export function questionOf(asked: string, type: Question['type']): Question {
  const name = withoutDot(asked);
  return name === asked ? { name, type } : { name, type, absolute: true };
}

/** TTLs in seconds; undefined when the answer has none. */
export type Judgement =
  | Addresses
  /** `isAlias`: the name has records, but they lead to no address. */
  | { readonly kind: 'nodata'; readonly ttl_s: number | undefined; readonly isAlias?: true }
  | { readonly kind: 'nxdomain'; readonly ttl_s: number | undefined }
  /** A valid message by which the server gives no answer: SERVFAIL (2), REFUSED (5) and the like. */
  | { readonly kind: 'server-failure'; readonly rcode: number }
  /** `part`: the addresses among its whole records, if there are any. More exist that did not fit. */
  | { readonly kind: 'truncated'; readonly part?: Addresses }
  | { readonly kind: 'invalid'; readonly code: InvalidCode };

type InvalidCode =
  | 'malformed'
  | 'wrong-id'
  | 'not-a-response'
  | 'wrong-question'
  /** The right question, but with other upper and lower case in the name. */
  | 'wrong-case'
  | ChainFault;

/** How a question is written. */
export interface QueryForm {
  /** The name in mixed upper and lower case (`mixCase`); undefined: as it is. */
  readonly spelling?: string | undefined;
  /** Whether to send the EDNS option; true by default. */
  readonly edns?: boolean;
}

/** Fits through any path unfragmented: the figure of DNS flag day 2020. */
const EDNS_PAYLOAD_OCTETS = 1232;
const HEADER_OCTETS = 12;
/** Larger than header, longest name, type, class and EDNS option together. */
const scratch = Buffer.alloc(512);

const TYPES = { A: 1, AAAA: 28 } as const;
const TYPE_OPT = 41;
const IN = 1;
const RCODE_OK = 0;
const RCODE_NXDOMAIN = 3;

const EDNS: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: EDNS_PAYLOAD_OCTETS,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** A query (RFC 1035 section 4) with recursion desired. `id` is a random 16-bit number. */
export function encodeQuery(question: Question, id: number, form: QueryForm = {}): Uint8Array {
  const packet: Packet = {
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ name: form.spelling ?? question.name, type: question.type, class: 'IN' }],
    additionals: form.edns === false ? [] : [EDNS],
  };
  // Without a buffer the library first computes the length, at half of the cost.
  dnsPacket.encode(packet, scratch);
  return Buffer.from(scratch.subarray(0, dnsPacket.encode.bytes));
}

/**
 * The name with the case of each letter chosen by one bit (draft-vixie-dnsext-dns0x20), which a forger of answers has to
 * guess too. `bits`: at least one for each character of the name.
 */
export function mixCase(name: string, bits: Uint8Array): string {
  const length = scratch.write(name, 'latin1');
  for (let index = 0; index < length; index += 1) {
    const octet = scratch[index] as number;
    if (isLowerLetter(octet) && (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1)
      scratch[index] = octet & ~CASE_BIT;
  }
  return scratch.toString('latin1', 0, length);
}

/**
 * Judges one whole message (without a TCP length) as the answer to `question` with the given `id`. With `spelling` the
 * name must have come back in exactly that case.
 */
export function judgeAnswer(bytes: Uint8Array, question: Question, id: number, spelling?: string): Judgement {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (message.length < HEADER_OCTETS) return invalid('malformed');
  // The id is compared before anything is decoded, so that a flood of forged answers stays cheap.
  if (message.readUInt16BE(0) !== id) return invalid('wrong-id');
  const flags = message.readUInt16BE(2);
  const opcode = (flags >> 11) & 0xf;
  if ((flags & 0x8000) === 0 || opcode !== 0) return invalid('not-a-response');

  const rcode = flags & 0xf;
  const failed = rcode !== RCODE_OK && rcode !== RCODE_NXDOMAIN;
  const questions = message.readUInt16BE(4);
  // Some servers refuse without repeating the question (a FORMERR for EDNS among them).
  if (questions === 0 && failed) return { kind: 'server-failure', rcode };
  if (questions !== 1) return invalid('wrong-question');
  const wrong = wrongQuestion(message, question, spelling);
  if (wrong !== undefined) return invalid(wrong);
  if ((flags & dnsPacket.TRUNCATED_RESPONSE) !== 0)
    return failed ? { kind: 'truncated' } : truncated(message, question);
  if (failed) return { kind: 'server-failure', rcode };
  return judgeRecords(message, question, rcode);
}

/** Servers may cut in the middle of a record: nothing of such a message is read. */
function truncated(message: Buffer, question: Question): Judgement {
  const part = judgeRecords(message, question, RCODE_OK);
  return part.kind === 'addresses' ? { kind: 'truncated', part } : { kind: 'truncated' };
}

/** Whether a message that was judged valid carries the EDNS option, without decoding its records. */
export function carriesEdns(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = view.getUint16(6) + view.getUint16(8);
  const additionals = view.getUint16(10);
  let at = HEADER_OCTETS;
  for (let question = 0; question < view.getUint16(4); question += 1) at = skipName(bytes, at) + 4;
  for (let record = 0; record < records + additionals; record += 1) {
    at = skipName(bytes, at);
    if (at + 10 > bytes.length) return false;
    if (record >= records && view.getUint16(at) === TYPE_OPT) return true;
    at += 10 + view.getUint16(at + 8);
  }
  return false;
}

/** The offset behind the name that begins at `at`; at or past the end of the message when the name is cut. */
function skipName(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const length = bytes[end];
    if (length === undefined) return bytes.length;
    if (length === 0) return end + 1;
    if (length >= 0xc0) return end + 2;
    end += 1 + length;
  }
}

function judgeRecords(message: Buffer, question: Question, rcode: number): Judgement {
  const packet = decode(message);
  if (packet === undefined) return invalid('malformed');
  const extended = packet.additionals?.find((record) => record.type === 'OPT')?.extendedRcode ?? 0;
  if (extended !== 0) return { kind: 'server-failure', rcode: (extended << 4) | rcode };
  const ttl_s = negativeTtl(packet.authorities ?? []);
  if (rcode === RCODE_NXDOMAIN) return { kind: 'nxdomain', ttl_s };
  const answers = packet.answers ?? [];
  return followChain(answers, question) ?? { kind: 'nodata', ttl_s, ...(answers.length > 0 && { isAlias: true }) };
}

/** What is wrong with a message's question. It is compared in place, since most forged answers fail here. */
function wrongQuestion(
  message: Buffer,
  { name, type }: Question,
  spelling: string | undefined,
): InvalidCode | undefined {
  const asked = spelling ?? name;
  let at = HEADER_OCTETS;
  let isOtherCase = false;
  for (let begin = 0; begin <= asked.length; ) {
    const dot = asked.indexOf('.', begin);
    const end = dot < 0 ? asked.length : dot;
    // The first name of a message cannot be compressed: no name stands before it.
    if (message[at] !== end - begin) return at < message.length ? 'wrong-question' : 'malformed';
    at += 1;
    for (let index = begin; index < end; index += 1, at += 1) {
      const [octet, expected] = [message[at], asked.charCodeAt(index)];
      if (octet === undefined) return 'malformed';
      if (octet === expected) continue;
      if (!isSameLetter(octet, expected)) return 'wrong-question';
      isOtherCase = true;
    }
    begin = end + 1;
  }
  if (at + 5 > message.length) return 'malformed';
  const isSame =
    message[at] === 0 && message.readUInt16BE(at + 1) === TYPES[type] && message.readUInt16BE(at + 3) === IN;
  if (!isSame) return 'wrong-question';
  return isOtherCase && spelling !== undefined ? 'wrong-case' : undefined;
}

/** RFC 2308 section 5: the smaller of the SOA record's TTL and its MINIMUM field. */
function negativeTtl(authorities: readonly Answer[]): number | undefined {
  const soa = authorities.find((record) => record.type === 'SOA');
  return soa === undefined ? undefined : Math.min(saneTtl(soa.ttl ?? 0), saneTtl(soa.data.minimum ?? 0));
}

function decode(message: Buffer): DecodedPacket | undefined {
  try {
    const packet = dnsPacket.decode(message);
    // The library reads past the end of a cut message without noticing; in a cut TXT record its position becomes NaN.
    return dnsPacket.decode.bytes <= message.length ? packet : undefined;
  } catch {
    return undefined;
  }
}

function invalid(code: InvalidCode): Judgement {
  return { kind: 'invalid', code };
}
