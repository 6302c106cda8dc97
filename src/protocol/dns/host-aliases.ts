// The file that HOSTALIASES names (hostname(7)): other names for those without a dot. It reads no file.
import { askedName, normaliseName } from '../address/host-name.js';

/** Beyond what anybody writes by hand. */
const ALIASES_MAX = 10_000;

/** Names as they are to be asked, by normalised alias, which has no dot; the first line for an alias counts. */
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
