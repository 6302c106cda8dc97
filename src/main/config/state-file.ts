// Checks keys that name a file in which something is kept over a restart.
import type { Setting } from './setting.js';
import { asText } from './text.js';

const PATH_ALLOWED = 'the path of a file, in a directory that exists; null for none';

export function stateFile({ doc, env }: { doc: string; env: string }): Setting<string | null> {
  return {
    doc,
    default: null,
    env,
    allowed: PATH_ALLOWED,
    check(value, place, findings) {
      if (value === null || (typeof value === 'string' && value !== '' && !value.includes('\0'))) return value;
      findings.reject(place, value, PATH_ALLOWED);
      return undefined;
    },
    fromText: asText,
    format: '*',
  };
}
