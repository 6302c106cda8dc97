// In which line of a YAML document a key or an entry stands, aliases followed. The values are syntax.ts's.
import type { Document, LineCounter, Node } from 'yaml';
import type { Step } from '../diagnostics/place.js';

type Yaml = Pick<typeof import('yaml'), 'isAlias' | 'isMap' | 'isScalar' | 'isSeq'>;

export function yamlLineOf(
  document: Document,
  lines: LineCounter,
  yaml: Yaml,
): (steps: readonly Step[]) => number | undefined {
  const resolved = (node: unknown): unknown => (yaml.isAlias(node) ? node.resolve(document) : node);
  return (steps) => {
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const step of steps) {
      const around = resolved(node);
      if (yaml.isMap(around)) {
        const pair = around.items.find(({ key }) => (yaml.isScalar(key) ? key.value : key) === step);
        // It may come by `<<`: the nearest thing around it is told.
        if (pair === undefined) break;
        offset = (pair.key as Node | null)?.range?.[0] ?? offset;
        node = pair.value;
      } else if (yaml.isSeq(around)) {
        node = around.items[step as number];
        offset = (node as Node | undefined)?.range?.[0] ?? offset;
      } else break;
    }
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
}
