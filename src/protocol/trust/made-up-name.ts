// Makes up a name that nobody has registered, to find out what a server answers for such names: a label of random letters
// under a domain. The randomness is an argument. It asks no server.

/** There are 26^20 such labels: that one of them exists is out of the question. */
export const LABEL_OCTETS = 20;

/** `random`: at least LABEL_OCTETS bytes. */
export function madeUpName(random: Uint8Array, domain: string): string {
  const letters = Array.from(random.subarray(0, LABEL_OCTETS), (byte) => String.fromCharCode(97 + (byte % 26)));
  return `${letters.join('')}.${domain}`;
}
