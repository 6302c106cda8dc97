// Parses the file that the environment variable HOSTALIASES names (hostname(7)): aliases for names without a dot. It reads
// no file.
import { askedName, normaliseName } from '../address/host-name.js';

/** More than anybody writes by hand. */
const ALIASES_MAX = 10_000;

/** The names to ask for (see `askedName`), by normalised alias, which has no dot. The first line of an alias counts. */
export function parseHostAliases(text: string): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [alias, canonical] = line.split(/\s+/);
    const name = normaliseName(alias ?? '');
    const asked = askedName(canonical ?? '');
    if (name === undefined || name.includes('.') || asked === undefined || aliases.has(name)) continue;
    if (aliases.size < ALIASES_MAX) aliases.set(name, asked);
  }
  return aliases;
}
