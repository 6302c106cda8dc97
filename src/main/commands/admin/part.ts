// Reads the JSON of the admin API, field by field: what is absent or of another kind is undefined, since the gateway that runs
// may be of another version. All texts come out safe to print.
import { plain } from '../../../protocol/text/plain-text.js';

export class Part {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    this.#fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  }

  text(key: string): string | undefined {
    const value = this.#own(key);
    return typeof value === 'string' ? plain(value) : undefined;
  }

  number(key: string): number | undefined {
    const value = this.#own(key);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }

  /** Whether it is there, and not null. */
  has(key: string): boolean {
    return (this.#own(key) ?? null) !== null;
  }

  /** Whether it is there, and true. */
  is(key: string): boolean {
    return this.#own(key) === true;
  }

  /** A time of RFC 3339 in ms since 1970. */
  time(key: string): number | undefined {
    const at = Date.parse(this.text(key) ?? '');
    return Number.isNaN(at) ? undefined : at;
  }

  part(key: string): Part {
    return new Part(this.#own(key));
  }

  parts(key: string): readonly Part[] {
    const value = this.#own(key);
    return Array.isArray(value) ? value.map((one) => new Part(one)) : [];
  }

  texts(key: string): readonly string[] {
    const value = this.#own(key);
    return Array.isArray(value) ? value.flatMap((one) => (typeof one === 'string' ? [plain(one)] : [])) : [];
  }

  /** What it holds, by name. */
  entries(): readonly (readonly [string, Part])[] {
    return Object.entries(this.#fields).map(([key, value]) => [plain(key), new Part(value)]);
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined;
  }
}
