// The name or address by which somebody has reached the gateway's pages: the Host of a request. Whether it is a Host that the
// gateway answers is decided in workers/admin/guard.
import { formatIp, parseIp } from '../address/address.js';
import { normaliseName } from '../address/host-name.js';

export interface AskedHost {
  /** A normalised name, or a canonical address without brackets. */
  readonly host: string;
  /** 4 or 16 bytes; undefined for a name. */
  readonly ip: Uint8Array | undefined;
  /** Undefined where Host has none. */
  readonly port: number | undefined;
}

/** Enough for a name of 253 letters with a port. */
const HOST_LENGTH_MAX = 262;

/** Undefined for a text that is no Host. */
export function parseHost(text: string): AskedHost | undefined {
  if (text.length > HOST_LENGTH_MAX) return undefined;
  const [whole, bracketed, bare, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/@\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return undefined;
  const ip = parseIp(bracketed ?? bare ?? '');
  if (ip !== undefined) return { host: formatIp(ip), ip, port };
  const name = bare === undefined ? undefined : normaliseName(bare);
  return name === undefined ? undefined : { host: name, ip: undefined, port };
}
