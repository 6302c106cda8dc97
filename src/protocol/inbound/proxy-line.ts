// The PROXY header of version 1 (proxy-protocol.txt section 2.1): a line of text.
import { parseIp } from '../address/address.js';
import type { DecodedHeader } from './decoded-header.js';
import type { ClientAddress } from './inbound.js';

const SIGNATURE = Buffer.from('PROXY ');
/** Of the line with its end. */
const SIZE_MAX = 107;
const CR = 0x0d;
const LF = 0x0a;

const INCOMPLETE: DecodedHeader = { kind: 'incomplete' };
const MISSING: DecodedHeader = { kind: 'invalid', code: 'missing' };
const MALFORMED: DecodedHeader = { kind: 'invalid', code: 'malformed' };

export function decodeProxyLine(bytes: Uint8Array, start: number, end: number): DecodedHeader {
  const last = Math.min(end, start + SIZE_MAX);
  for (let i = start; i < last; i += 1) {
    const byte = bytes[i];
    if (i - start < SIGNATURE.length) {
      if (byte !== SIGNATURE[i - start]) return MISSING;
    } else if (byte === LF) {
      // A CR before it has ended the loop.
      return MALFORMED;
    } else if (byte === CR) {
      if (i + 1 < last) return bytes[i + 1] === LF ? decodeText(bytes, start, i) : MALFORMED;
      break;
    }
  }
  return end - start < SIZE_MAX ? INCOMPLETE : MALFORMED;
}

/** `end`: of the line, without CR LF. */
function decodeText(bytes: Uint8Array, start: number, end: number): DecodedHeader {
  const text = String.fromCharCode(...bytes.subarray(start + SIGNATURE.length, end));
  const size = end + 2 - start;
  // What stands behind it is to be ignored.
  if (text === 'UNKNOWN' || text.startsWith('UNKNOWN ')) return { kind: 'message', value: undefined, size };
  const value = clientOf(text.split(' '));
  return value === undefined ? MALFORMED : { kind: 'message', value, size };
}

function clientOf([family, source, destination, ...ports]: readonly string[]): ClientAddress | undefined {
  if ((family !== 'TCP4' && family !== 'TCP6') || ports.length !== 2) return undefined;
  const ips = [source, destination].map((text) => ipOf(text, family === 'TCP6'));
  const [port, other] = ports.map(portOf);
  const [ip] = ips;
  return ip === undefined || ips[1] === undefined || port === undefined || other === undefined
    ? undefined
    : { ip, port };
}

function ipOf(text: string, isIpv6: boolean): Uint8Array | undefined {
  return text.includes(':') === isIpv6 ? parseIp(text) : undefined;
}

/** A decimal number from 0 to 65535 without leading zeros. */
function portOf(text: string): number | undefined {
  const port = /^(?:0|[1-9]\d{0,4})$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}
