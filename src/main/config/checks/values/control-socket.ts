// Checks the path of the Unix socket for commands to a running gateway. It makes no file.
import { asText } from '../../sources/text.js';
import { checkUnixPath, PATH_ALLOWED } from '../listen/unix.js';
import type { Setting } from './setting.js';

const ALLOWED = `${PATH_ALLOWED}; null for none`;

export function controlSocket({ doc, env }: { doc: string; env: string }): Setting<string | null> {
  return {
    doc,
    default: null,
    env,
    allowed: ALLOWED,
    check(value, place, diagnostics) {
      return value === null ? value : checkUnixPath(value, place, diagnostics);
    },
    fromText: asText,
    format: '*',
  };
}
