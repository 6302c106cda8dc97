// The commands of a page in docs: the lines of its `sh` blocks, by the heading above them. Tests run them, so that they stay
// right.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './gateway.js';

export function docLines(page: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let heading = '';
  let isShell = false;
  for (const line of readFileSync(join(root, 'docs', page), 'utf8').split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3);
    if (line.startsWith('```')) isShell = line === '```sh';
    else if (isShell) found.set(heading, [...(found.get(heading) ?? []), line]);
  }
  return found;
}
