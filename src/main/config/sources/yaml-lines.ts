// Finds the line of a key or an entry in a YAML document; aliases are followed. It gives no values: see syntax.ts.
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
        // The key may come from `<<`: the line of the nearest value around it is returned.
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
