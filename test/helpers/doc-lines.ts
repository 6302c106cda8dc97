// The code of a page in docs: the lines of its blocks in one language, by the heading above them. Tests run them, so that they
// stay right.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './gateway.js';

/** `language`: what stands behind the three backquotes; commands by default. */
export function docLines(page: string, language = 'sh'): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let heading = '';
  let isWanted = false;
  for (const line of readFileSync(join(root, 'docs', page), 'utf8').split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3);
    if (line.startsWith('```')) isWanted = line === `\`\`\`${language}`;
    else if (isWanted) found.set(heading, [...(found.get(heading) ?? []), line]);
  }
  return found;
}
