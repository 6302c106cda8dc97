// Names and addresses by chance, the same ones in every run.

const ENDS = ['com', 'net', 'org', 'de', 'co.uk', 'com.cn'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** State of a linear congruential generator. */
let seed = 1;

export function below(limit: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

export const label = (): string => Array.from({ length: 3 + below(9) }, () => LETTERS[below(26)]).join('');
export const ending = (): string => ENDS[below(ENDS.length)];
export const domain = (): string => `${label()}.${ending()}`;
export const address = (octets: number): Uint8Array => Uint8Array.from({ length: octets }, () => below(256));

export function distinct(count: number, make: () => string): string[] {
  const made = new Set<string>();
  while (made.size < count) made.add(make());
  return [...made];
}
