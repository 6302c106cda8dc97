// The source of a line in the form in which sockets get it: texts are turned into bytes once.
import { parseIp } from '../address/address.js';
import type { Source } from './line.js';

export interface PackedSource {
  /** Undefined: the kernel chooses, for either family. */
  readonly sourceIp: Uint8Array | undefined;
  readonly sourcePort: number;
  /** The name of the interface; undefined: the routes decide. */
  readonly device: Uint8Array | undefined;
  /** 0 for none. */
  readonly mark: number;
}

export function packSource({ ip, port, device, mark }: Source): PackedSource {
  return {
    sourceIp: ip === undefined ? undefined : parseIp(ip),
    sourcePort: port,
    device: device === undefined ? undefined : new TextEncoder().encode(device),
    mark: mark ?? 0,
  };
}

/** `10.0.0.1:4000 eth0 mark 7`, or `auto eth0`; undefined where nothing is given. */
export function sourceText({ ip: fixed, port, device, mark, auto }: Source): string | undefined {
  const ip = auto ? 'auto' : fixed;
  const address = port === 0 ? ip : `${ip === undefined ? '' : bracketed(ip)}:${port}`;
  const parts = [address, device, mark === undefined ? undefined : `mark ${mark}`].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
