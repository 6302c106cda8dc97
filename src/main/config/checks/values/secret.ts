// A secret of the configuration: the value of a key, such as `password`, or the text of the file that `password_file` names. It
// reads the file, and checks nothing of the text. What is written for the path is never shown, since it may be the secret itself.
import { dirname } from 'node:path';
import { readBounded } from '../../../../files/bounded-file.js';
import { modeForOthers } from '../../../../files/readable-by-others.js';
import { utf8Text } from '../../../../files/utf8-text.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { fileAt, inside, type Place } from '../../diagnostics/place.js';
import { isPath } from './ca-file.js';

export type Secret =
  | { readonly kind: 'absent' }
  /** Its mistakes have been reported. */
  | { readonly kind: 'wrong' }
  /** `place`: of the key that gave it. */
  | { readonly kind: 'given'; readonly value: unknown; readonly place: Place };

type Read = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'failed'; readonly why: string };

const OCTETS_MAX = 64 * 1024;
/** Stands for the folder of systemd's credentials (systemd.exec(5)). */
const CREDENTIAL = 'credential:';
const ALLOWED = `the path of a file, or ${CREDENTIAL}NAME for a credential of systemd`;

/** `fields` may have `key`, or the same with `_file` behind it. */
export function secretIn(
  fields: Readonly<Record<string, unknown>>,
  key: string,
  place: Place,
  diagnostics: Diagnostics,
): Secret {
  const fileKey = `${key}_file`;
  const has = (name: string): boolean => Object.hasOwn(fields, name);
  if (!has(fileKey))
    return has(key) ? { kind: 'given', value: fields[key], place: inside(place, key) } : { kind: 'absent' };
  const at = inside(place, fileKey);
  if (has(key)) {
    diagnostics.error(at, `stands beside "${key}"; allowed: one of the two`);
    return { kind: 'wrong' };
  }
  return secretOfFile(fields[fileKey], at, diagnostics);
}

/** The text of the file with the path `written`, which `at` gives. `help`: where such a file comes from. */
export function secretOfFile(written: unknown, at: Place, diagnostics: Diagnostics, help = ''): Secret {
  if (!isPath(written)) {
    diagnostics.reject(at, written, ALLOWED);
    return { kind: 'wrong' };
  }
  const path = pathOf(written, at, diagnostics);
  if (path === undefined) return { kind: 'wrong' };
  const read = textOf(path);
  if (read.kind === 'failed') {
    diagnostics.error(at, `the file ${read.why}; needed: a text of at most ${OCTETS_MAX / 1024} KiB${help}`);
    return { kind: 'wrong' };
  }
  const mode = modeForOthers(path);
  if (mode !== undefined) diagnostics.warn(at, `every user of this machine can read the file (mode ${mode})`);
  return { kind: 'given', value: read.text, place: at };
}

function pathOf(written: string, place: Place, diagnostics: Diagnostics): string | undefined {
  if (!written.startsWith(CREDENTIAL)) return fileAt(place, written);
  const name = written.slice(CREDENTIAL.length);
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || folder === '') {
    const needed = 'LoadCredential= or SetCredential= in the unit';
    diagnostics.error(place, `no credentials were given: $CREDENTIALS_DIRECTORY is not set; needed: ${needed}`);
    return undefined;
  }
  if (name !== '' && name !== '.' && name !== '..' && !name.includes('/')) return `${folder}/${name}`;
  diagnostics.error(place, `names no credential; allowed: ${CREDENTIAL} with a name behind it, without /`);
  return undefined;
}

/** The text of the file without its last end of line. */
function textOf(path: string): Read {
  const read = readBounded(path, { octets_max: OCTETS_MAX });
  if (read.kind === 'absent') return { kind: 'failed', why: `does not exist in ${dirname(path)}` };
  if (read.kind === 'unusable') return { kind: 'failed', why: read.why };
  const decoded = utf8Text(read.bytes);
  if (decoded.kind === 'unusable') return { kind: 'failed', why: decoded.why };
  const text = decoded.text.replace(/\r?\n$/, '');
  return text === '' ? { kind: 'failed', why: 'is empty' } : { kind: 'text', text };
}
