// Collects everything that is wrong or odd in a configuration, so that all of it is reported at once, within a bound. The
// wording of the messages is here and nowhere else; what is wrong is decided by the checks.
import { shown } from './mask.js';
import { inside, keyOf, type Place, placeText } from './place.js';
import { closest } from './suggest.js';

/** More than anybody mends at once. Of the others only the number is told: a wrong file may have ten thousand. */
const TOLD_MAX = 50;
/** Words that a message lists; a tree may have a thousand lines. */
const WORDS_MAX = 32;

/** Messages, of which the first are kept. */
class Messages {
  readonly told: string[] = [];
  count = 0;

  add(message: () => string): void {
    this.count += 1;
    if (this.told.length < TOLD_MAX) this.told.push(message());
  }

  take({ told, count }: Messages): void {
    for (const message of told) this.add(() => message);
    this.count += count - told.length;
  }

  /** `what` in the plural. */
  all(what: string): readonly string[] {
    const more = this.count - this.told.length;
    return more === 0 ? this.told : [...this.told, `and ${more} more ${what}`];
  }
}

export class Diagnostics {
  readonly #errors = new Messages();
  readonly #warnings = new Messages();

  /** Ready to be shown. */
  get errors(): readonly string[] {
    return this.#errors.all('mistakes');
  }

  get warnings(): readonly string[] {
    return this.#warnings.all('warnings');
  }

  get errorCount(): number {
    return this.#errors.count;
  }

  /** A value that is not allowed where it stands. */
  reject(place: Place, value: unknown, allowed: string): void {
    this.#errors.add(() => `${placeText(place)}: ${shown(value, keyOf(place))} is not allowed; allowed: ${allowed}`);
  }

  missing(place: Place, key: string, allowed: string): void {
    this.error(inside(place, key), `missing; needed: ${allowed}`);
  }

  /**
   * The value of an unknown key is not shown: it may be a mistyped password. `others` are words of other programs for the
   * known ones.
   */
  unknownKey(place: Place, key: string, known: readonly string[], others: Readonly<Record<string, string>> = {}): void {
    const meant = Object.hasOwn(others, key) ? others[key] : undefined;
    const isMeant = meant !== undefined && known.includes(meant);
    this.error(inside(place, key), () => `unknown key; ${isMeant ? `did you mean "${meant}"?` : hint(key, known)}`);
  }

  /** A text that is dear to make is made only if it is told. */
  error(place: Place, text: string | (() => string)): void {
    this.#errors.add(() => `${placeText(place)}: ${typeof text === 'string' ? text : text()}`);
  }

  warn(place: Place, text: string | (() => string)): void {
    this.#warnings.add(() => `${placeText(place)}: ${typeof text === 'string' ? text : text()}`);
  }

  takeErrors(other: Diagnostics): void {
    this.#errors.take(other.#errors);
  }

  takeWarnings(other: Diagnostics): void {
    this.#warnings.take(other.#warnings);
  }
}

/** `did you mean "port"?` when one is close, else the list. */
export function hint(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  return near === undefined ? `allowed: ${listed(known)}` : `did you mean "${near}"?`;
}

/** Some words with commas, and how many there are besides. */
export function listed(words: readonly string[], words_max = WORDS_MAX): string {
  const more = words.length - words_max;
  return more <= 0 ? words.join(', ') : `${words.slice(0, words_max).join(', ')} and ${more} more`;
}
