// Reads one configuration file into a tree, by its extension, through convict's parsers. It checks no key.
import convict from 'convict';
import { type Parsed, parseJson, parseToml, parseYaml } from './syntax.js';

export type FileRead = Parsed | { readonly kind: 'absent' };

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'is a directory',
  EACCES: 'cannot be read: permission denied',
};

// convict merges and clones what a parser returns, and so would lose keys such as `__proto__` before they can be refused.
// A function in a list is passed through as it is.
function parser(extension: string | string[], parse: (text: string) => Parsed): convict.Parser {
  return {
    extension,
    parse: (text) => {
      const parsed = parse(text.replace(/^\uFEFF/, ''));
      return { outcome: [() => parsed] };
    },
  };
}

convict.addParser([
  parser(['json', 'jsonc', 'json5', '*'], parseJson),
  parser(['yaml', 'yml'], parseYaml),
  parser('toml', parseToml),
]);

/** `.yaml`, `.yml` and `.toml` are what they say; any other name is read as JSON with comments. */
export function readConfigFile(path: string): FileRead {
  try {
    const file = convict<{ outcome: (() => Parsed)[] }>(
      { outcome: { default: [], format: Array } },
      { env: {}, args: [] },
    );
    const [outcome] = file.loadFile<{ outcome: (() => Parsed)[] }>(path).getProperties().outcome;
    return (outcome as () => Parsed)();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'invalid', why: REASONS[code] ?? `cannot be read: ${code}` };
  }
}
