// The three formats of a configuration file: which one a file name means, and which one a text looks like. It reads no file.
import { type Parsed, parseJson, parseToml, parseYaml } from './syntax.js';

interface Format {
  readonly name: 'JSON' | 'YAML' | 'TOML';
  /** The file name extensions, and the first of them in words. */
  readonly ends: RegExp;
  readonly ending: string;
  /** How a text in this format begins, without comments. */
  readonly begins: RegExp;
  readonly parse: (text: string) => Parsed;
}

const JSON_FORMAT: Format = {
  name: 'JSON',
  ends: /\.json5?$/,
  ending: '.json',
  begins: /^\{(?:\s|"|'|\}|\/|[\w$]+\s*:)/,
  parse: parseJson,
};
/** In the order of comparison: a table of TOML begins like a list of JSON. */
const FORMATS: readonly Format[] = [
  JSON_FORMAT,
  {
    name: 'TOML',
    ends: /\.toml$/,
    ending: '.toml',
    begins: /^(?:\[{1,2}[\w."'-]+\]{1,2}[ \t]*(?:#.*)?$|[\w."'-]+[ \t]*=)/m,
    parse: parseToml,
  },
  {
    name: 'YAML',
    ends: /\.ya?ml$/,
    ending: '.yaml',
    begins: /^(?:---|%YAML|- |(?:[\w.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*:(?:\s|$))/,
    parse: parseYaml,
  },
];
/** Comments of all three formats, and white space. */
const COMMENTS = /^(?:\s+|#.*|\/\/.*|\/\*[\s\S]*?\*\/)+/;

/** A name with another extension is JSON. */
function formatOf(path: string): Format {
  return FORMATS.find(({ ends }) => ends.test(path)) ?? JSON_FORMAT;
}

/** The tree of a file with that name. If the text is in another format, this is the only mistake reported. */
export function parseAs(path: string, text: string): Parsed {
  const format = formatOf(path);
  const code = text.replace(COMMENTS, '');
  const other = FORMATS.find(({ begins }) => begins.test(code));
  // JSON is also YAML, except for its comments.
  if (format.name === 'YAML' && other === JSON_FORMAT) {
    const parsed = parseJson(text);
    return parsed.kind === 'parsed' ? parsed : parseYaml(text);
  }
  const parsed = format.parse(text);
  if (other === undefined || other === format) return parsed;
  if (parsed.kind === 'parsed' && typeof parsed.value === 'object') return parsed;
  const why = `looks like ${other.name}, but is read as ${format.name} by the end of its name`;
  return {
    kind: 'invalid',
    problems: [`${why}; allowed: a name that ends in ${other.ending}, or ${format.name} in it`],
  };
}
