// A name that nobody has registered, for finding out what a server answers for those: a label of random letters under a
// domain. The randomness is an argument.

/** 26^20 labels: that one exists is out of the question. */
export const LABEL_OCTETS = 20;

export function madeUpName(random: Uint8Array, domain: string): string {
  const letters = Array.from(random.subarray(0, LABEL_OCTETS), (byte) => String.fromCharCode(97 + (byte % 26)));
  return `${letters.join('')}.${domain}`;
}
