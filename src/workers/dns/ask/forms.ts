// The form in which one server is asked over UDP: with EDNS or without, in mixed case (0x20 of draft-vixie-dnsext-dns0x20)
// or not. Some servers, and boxes on the way, drop one of them or answer it with an error: that is learnt here, and
// forgotten after a while. It asks nothing: see udp-query.ts.

export interface Form {
  readonly edns: boolean;
  /** The name in mixed case, which must come back: who forges an answer has to guess that too. */
  readonly mixed: boolean;
}

/** As the C library asks. */
export const PLAIN: Form = { edns: false, mixed: false };
/** Also how a question goes over a stream, where nobody forges. */
export const EDNS_ALONE: Form = { edns: true, mixed: false };
const MIXED_ALONE: Form = { edns: false, mixed: true };
/** The first one that is not barred is used. Mixed case is the last thing to do without. */
const LADDER: readonly Form[] = [{ edns: true, mixed: true }, MIXED_ALONE, EDNS_ALONE, PLAIN];

/** A server that changed its ways, or a box that has gone, is found out after this. */
const FORGET_MS = 3_600_000;
/** Questions that only a plain query was answered, until a form that never worked is barred: one may have been lost. */
const STRIKES_MAX = 2;
/** Questions that came back in another case: of a server that has kept it before, and of one that has not. */
const WRONG_CASES_MAX = 3;
const WRONG_CASES_FIRST = 2;
/** FORMERRs in a row of a server that is known to return EDNS. */
const REFUSALS_MAX = 3;
/** Questions in a row without any answer, until a form that has worked is doubted. */
const SILENT_MAX = 3;

export class Forms {
  readonly #now: () => number;
  readonly #barred = new Set<Form>();
  /** Those for which addresses have come back. */
  readonly #working = new Set<Form>();
  #forget_ms = 0;
  #strikes = 0;
  #keepsCase = false;
  #wrongCases = 0;
  #refusals = 0;
  #silent = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get current(): Form {
    if (this.#forget_ms !== 0 && this.#now() >= this.#forget_ms) {
      this.#forget_ms = 0;
      this.#barred.clear();
    }
    return LADDER.find((form) => !this.#barred.has(form)) ?? PLAIN;
  }

  /** As the current one, but for the case. */
  get inOneCase(): Form {
    return this.current.edns ? EDNS_ALONE : PLAIN;
  }

  get isProven(): boolean {
    return this.works(this.current);
  }

  /** Whether a server that always answers has fallen silent. */
  get isSilent(): boolean {
    return this.#silent >= SILENT_MAX;
  }

  /** Whether a plain answer may be forged: the server keeps the case, and to ask without it makes forging cheap. */
  get doubtsPlain(): boolean {
    return this.isProven && this.current.mixed;
  }

  works(form: Form): boolean {
    return form === PLAIN || this.#working.has(form);
  }

  /** Addresses came back for it. */
  worked(form: Form): void {
    this.#working.add(form);
    if (form !== this.current) return;
    this.#silent = 0;
    this.#strikes = 0;
  }

  /** A plain query was answered where this form was not, or only with an error. A form that has worked is not barred so. */
  failed(form: Form): void {
    if (form !== this.current || this.works(form)) return;
    this.#strikes += 1;
    if (this.#strikes >= STRIKES_MAX) this.#bar(form);
  }

  /** A question was not answered in time. */
  silent(): void {
    this.#silent += 1;
  }

  /** Returns the form to ask in again. `returnsEdns`: the server is known for it, so a forger may have said this. */
  refusedEdns(returnsEdns: boolean): Form {
    const { mixed } = this.current;
    this.#refusals += 1;
    if (!returnsEdns || this.#refusals >= REFUSALS_MAX) this.#bar(...LADDER.filter(({ edns }) => edns));
    return mixed ? MIXED_ALONE : PLAIN;
  }

  returnedEdns(): void {
    this.#refusals = 0;
  }

  keptCase(): void {
    this.#keepsCase = true;
    this.#wrongCases = 0;
  }

  /** Once a question. True if it is to be asked again in one case; false for what looks forged. */
  lostCase(): boolean {
    this.#wrongCases += 1;
    if (this.#wrongCases < (this.#keepsCase ? WRONG_CASES_MAX : WRONG_CASES_FIRST)) return !this.#keepsCase;
    this.#keepsCase = false;
    this.#bar(...LADDER.filter(({ mixed }) => mixed));
    return true;
  }

  /** What has worked is not held to work any more. */
  doubt(): void {
    this.#working.clear();
    this.#keepsCase = false;
    this.#silent = 0;
  }

  #bar(...forms: readonly Form[]): void {
    for (const form of forms) this.#barred.add(form);
    this.#strikes = 0;
    this.#wrongCases = 0;
    this.#refusals = 0;
    this.#forget_ms = this.#now() + FORGET_MS;
  }
}
