// Upper and lower case in names of DNS: of ASCII letters only (RFC 4343). Full case folding would turn the Kelvin sign into a
// `k`.

export const CASE_BIT = 0x20;
const LOWER_A = 0x61;
const LOWER_Z = 0x7a;

export const isLowerLetter = (octet: number): boolean => octet >= LOWER_A && octet <= LOWER_Z;

export function isSameName(name: string, other: string): boolean {
  if (name === other) return true;
  if (name.length !== other.length) return false;
  for (let index = 0; index < name.length; index += 1) {
    const [code, expected] = [name.charCodeAt(index), other.charCodeAt(index)];
    if (code !== expected && !isSameLetter(code, expected)) return false;
  }
  return true;
}

/** Whether two different octets are the upper and the lower case of one letter. */
export function isSameLetter(octet: number, other: number): boolean {
  const lower = octet | CASE_BIT;
  return lower === (other | CASE_BIT) && isLowerLetter(lower);
}

export function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
