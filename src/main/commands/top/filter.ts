// What somebody types to see only some rows. Pure: what is wrong with an address or a name is the gateway's to say.
import type { Query } from '../admin/client.js';

const KEYS = ['client', 'user', 'target', 'line', 'listener'] as const;
const FLOW_KEYS = [...KEYS, 'kind', 'association'] as const;

/** `line:fast user:ann example.org`, as the API takes it: words by their keys, and a word alone as the target. */
export const connectionFilter = (text: string): Query => wordsBy(KEYS, text);
export const flowFilter = (text: string): Query => wordsBy(FLOW_KEYS, text);

function wordsBy(keys: readonly string[], text: string): Query {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return Object.fromEntries(
    words.map((word) => {
      const key = keys.find((one) => word.startsWith(`${one}:`));
      return key === undefined ? ['target', word] : [key, word.slice(key.length + 1)];
    }),
  );
}

/** Whether all words stand in some of the cells, in whatever case. */
export function hasWords(text: string, cells: readonly string[]): boolean {
  const row = cells.join('\n').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.includes(word));
}
