// Collects everything that is wrong or odd in a configuration, so that all of it is reported at once. The wording of the
// messages is here and nowhere else; what is wrong is decided by the checks.
import { shown } from './mask.js';
import { inside, type Place, placeText } from './place.js';
import { closest } from './suggest.js';

export class Findings {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  /** A value that is not allowed where it stands. */
  reject(place: Place, value: unknown, allowed: string): void {
    const key = /[^.[\]]*$/.exec(place.path)?.[0] ?? '';
    this.error(place, `${shown(value, key)} is not allowed; allowed: ${allowed}`);
  }

  missing(place: Place, key: string, allowed: string): void {
    this.error(inside(place, key), `missing; needed: ${allowed}`);
  }

  /** The value of an unknown key is not shown: it may be a mistyped password. */
  unknownKey(place: Place, key: string, known: readonly string[]): void {
    this.error(inside(place, key), `unknown key; ${hint(key, known)}`);
  }

  error(place: Place, text: string): void {
    this.errors.push(`${placeText(place)}: ${text}`);
  }

  warn(place: Place, text: string): void {
    this.warnings.push(`${placeText(place)}: ${text}`);
  }
}

/** `did you mean "port"?` when one is close, else the whole list. */
export function hint(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  return near === undefined ? `allowed: ${known.join(', ')}` : `did you mean "${near}"?`;
}
