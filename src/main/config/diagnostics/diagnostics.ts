// Collects the errors and warnings of a configuration, so that all are reported at once, within a bound. The common wording
// of messages is here; the checks decide what is wrong.
import { shown } from './mask.js';
import { inside, keyOf, type Place, placeText } from './place.js';
import { closest } from './suggest.js';

/** More messages than anybody mends at once; of the rest only the number is reported. A wrong file may have ten thousand. */
const TOLD_MAX = 50;
/** Words that a message lists at most; a tree may have a thousand lines. */
const WORDS_MAX = 40;

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

  /** Messages that are ready to be shown. */
  get errors(): readonly string[] {
    return this.#errors.all('mistakes');
  }

  get warnings(): readonly string[] {
    return this.#warnings.all('warnings');
  }

  get errorCount(): number {
    return this.#errors.count;
  }

  /** Reports a value that is not allowed at its place. */
  reject(place: Place, value: unknown, allowed: string): void {
    this.#errors.add(() => `${placeText(place)}: ${shown(value, keyOf(place))} is not allowed; allowed: ${allowed}`);
  }

  missing(place: Place, key: string, allowed: string): void {
    this.error(inside(place, key), `missing; needed: ${allowed}`);
  }

  /**
   * Reports an unknown key. Its value is not shown: it may be a mistyped password. `others`: from words of other programs to
   * known keys.
   */
  unknownKey(place: Place, key: string, known: readonly string[], others: Readonly<Record<string, string>> = {}): void {
    const meant = Object.hasOwn(others, key) ? others[key] : undefined;
    const isMeant = meant !== undefined && known.includes(meant);
    this.error(inside(place, key), () => `unknown key; ${isMeant ? `did you mean "${meant}"?` : hint(key, known)}`);
  }

  /** `text`: a function if the text is expensive; it is called only if the message is kept. */
  error(place: Place, text: string | (() => string)): void {
    this.#errors.add(() => `${placeText(place)}: ${typeof text === 'string' ? text : text()}`);
  }

  warn(place: Place, text: string | (() => string)): void {
    this.#warnings.add(() => `${placeText(place)}: ${typeof text === 'string' ? text : text()}`);
  }

  /** Takes the messages about a file, at the place where the file is named. */
  takeOfFile(place: Place, file: Diagnostics): void {
    for (const message of file.errors) this.error(place, message);
    for (const message of file.warnings) this.warn(place, message);
  }

  takeErrors(other: Diagnostics): void {
    this.#errors.take(other.#errors);
  }

  takeWarnings(other: Diagnostics): void {
    this.#warnings.take(other.#warnings);
  }
}

/** `did you mean "port"?` if a known word is close, otherwise the list of known words. */
export function hint(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  return near === undefined ? `allowed: ${listed(known)}` : `did you mean "${near}"?`;
}

/** The first words with commas, and the number of the rest. */
export function listed(words: readonly string[], words_max = WORDS_MAX): string {
  const more = words.length - words_max;
  return more <= 0 ? words.join(', ') : `${words.slice(0, words_max).join(', ')} and ${more} more`;
}
