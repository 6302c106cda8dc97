// The destinations that clients of a site ask for. Each is a site of its own in a network of its own, so that no gateway finds its way
// by neighbours: what it knows of a first contact, another gateway has told. Pure.

/** Of IPv4 networks with 256 addresses from 127.64.0.0 on. */
export const NAMES_MAX = 64 * 256;

export const nameOf = (index: number): string => `d${index}.test`;

export const addressOf = (index: number): string => `127.${64 + (index >> 8)}.${index & 255}.1`;

/** The destination with an address; undefined for another address. */
export function indexOf(address: string): number | undefined {
  const [first, second, third, last] = address.split('.').map(Number);
  const index = (second - 64) * 256 + third;
  return first === 127 && last === 1 && index >= 0 && index < NAMES_MAX ? index : undefined;
}

/** Where a line connects and never answers: at one destination of `each`, at one of the first `lines` lines in turn. */
export interface Silence {
  readonly each: number;
  readonly lines: number;
}

/** The line by which a destination is silent. */
export function silentLine(destination: number, { each, lines }: Silence): number | undefined {
  return destination % each === 0 ? Math.floor(destination / each) % lines : undefined;
}
