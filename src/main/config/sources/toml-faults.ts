// Finds the syntax errors of a TOML text. The parser stops at its first error. If that line is one whole statement, the text
// is parsed again without the line, so that further errors are reported too. It returns no values.
import { type Fault, keyIn } from './fault.js';

/** A bound, since the text is parsed again for each error. */
const FAULTS_MAX = 50;
/** A longer text is parsed only once. */
const LENGTH_MAX = 256 * 1024;

/** The error that the parser throws. */
interface TomlError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `parse` throws a `TomlError` if the text is not TOML. */
export function tomlFaults(text: string, parse: (text: string) => unknown): readonly Fault[] {
  const lines = text.split('\n');
  const faults: Fault[] = [];
  while (faults.length < FAULTS_MAX) {
    const error = errorOf(() => parse(lines.join('\n')));
    if (error === undefined) break;
    const { line, column, message } = error;
    const why = (message.split('\n')[0] as string).replace(/^Invalid TOML document: /, '');
    const written = lines[line - 1] ?? '';
    const key = keyIn(written, '=');
    const value_begin = written.indexOf('=') + 1;
    const advice = key === undefined || column <= value_begin ? '' : adviceOn(written.slice(value_begin));
    faults.push({ line, column, key, why: `${why}${advice}` });
    if (key === undefined || !isWhole(written) || text.length > LENGTH_MAX) break;
    lines[line - 1] = '';
  }
  return faults;
}

function errorOf(parse: () => unknown): TomlError | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (typeof (error as Partial<TomlError>).line !== 'number') throw error;
    return error as TomlError;
  }
}

/** What to write instead of a value without quotes. The value is not shown. */
function adviceOn(written: string): string {
  const value = written.trim().replace(/\s*#.*$/, '');
  if (/^(?:yes|no|on|off|true|false)$/i.test(value)) return '; allowed: true or false, in small letters';
  return /^[^\s"'[{]\S*$/.test(value) ? '; a text stands in quotes: "…"' : '';
}

/** Whether a statement begins and ends in the line: no list, table or text is open at its end. */
function isWhole(line: string): boolean {
  return !/"""|'''/.test(line) && !/[[{]/.test(line.slice(line.indexOf('=') + 1));
}
