// The form in which one server is asked over UDP: with EDNS or without, in mixed case (0x20 of draft-vixie-dnsext-dns0x20)
// or not. Some servers, and boxes on the way, drop a form or answer it with an error: this class learns which ones, and
// forgets it after a while. It asks nothing: see udp-query.ts.

export interface Form {
  readonly edns: boolean;
  /** The name in mixed case, which the answer must repeat: a forger has to guess the case too. */
  readonly mixed: boolean;
}

/** The form in which the C library asks. */
export const PLAIN: Form = { edns: false, mixed: false };
/** Also the form of a question over a stream, where nobody forges. */
export const EDNS_ALONE: Form = { edns: true, mixed: false };
const MIXED_ALONE: Form = { edns: false, mixed: true };
/** The first form that is not avoided is used. Mixed case is given up last. */
const LADDER: readonly Form[] = [{ edns: true, mixed: true }, MIXED_ALONE, EDNS_ALONE, PLAIN];

/** An avoided form is tried again after this: the server may have changed, or the box on the way may have gone. */
const FORGET_MS = 3_600_000;
/** Questions of which only the plain query was answered, until a form that never worked is avoided: one may have been lost. */
const STRIKES_MAX = 2;
/** Answers in another case until mixed case is avoided: of a server that has kept the case before, and of one that has not. */
const WRONG_CASES_MAX = 3;
const WRONG_CASES_FIRST = 2;
/** FORMERRs in a row until EDNS is avoided for a server that is known to return it. */
const REFUSALS_MAX = 3;
/** Questions in a row without any answer, until a form that has worked is doubted. */
const SILENT_MAX = 3;

export class Forms {
  readonly #now: () => number;
  readonly #avoided = new Set<Form>();
  /** Forms for which addresses have come back. */
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
      this.#avoided.clear();
    }
    return LADDER.find((form) => !this.#avoided.has(form)) ?? PLAIN;
  }

  /** The current form without mixed case. */
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

  /** Whether a plain answer may be forged: the server keeps the case, and a plain query makes forging cheap. */
  get doubtsPlain(): boolean {
    return this.isProven && this.current.mixed;
  }

  works(form: Form): boolean {
    return form === PLAIN || this.#working.has(form);
  }

  /** Addresses came back for a question in this form. */
  worked(form: Form): void {
    this.#working.add(form);
    if (form !== this.current) return;
    this.#silent = 0;
    this.#strikes = 0;
  }

  /** A plain query was answered where this form was not, or only with an error. Never avoids a form that has worked before. */
  failed(form: Form): void {
    if (form !== this.current || this.works(form)) return;
    this.#strikes += 1;
    if (this.#strikes >= STRIKES_MAX) this.#avoid(form);
  }

  /** A question was not answered in time. */
  silent(): void {
    this.#silent += 1;
  }

  /** Returns the form to ask in again. `returnsEdns`: the server is known to return EDNS, so the refusal may be forged. */
  refusedEdns(returnsEdns: boolean): Form {
    const { mixed } = this.current;
    this.#refusals += 1;
    if (!returnsEdns || this.#refusals >= REFUSALS_MAX) this.#avoid(...LADDER.filter(({ edns }) => edns));
    return mixed ? MIXED_ALONE : PLAIN;
  }

  returnedEdns(): void {
    this.#refusals = 0;
  }

  keptCase(): void {
    this.#keepsCase = true;
    this.#wrongCases = 0;
  }

  /** At most once a question. True if the question is to be asked again in one case; false if the answer looks forged. */
  lostCase(): boolean {
    this.#wrongCases += 1;
    if (this.#wrongCases < (this.#keepsCase ? WRONG_CASES_MAX : WRONG_CASES_FIRST)) return !this.#keepsCase;
    this.#keepsCase = false;
    this.#avoid(...LADDER.filter(({ mixed }) => mixed));
    return true;
  }

  /** Forgets which forms have worked, and that the server kept the case. */
  doubt(): void {
    this.#working.clear();
    this.#keepsCase = false;
    this.#silent = 0;
  }

  #avoid(...forms: readonly Form[]): void {
    for (const form of forms) this.#avoided.add(form);
    this.#strikes = 0;
    this.#wrongCases = 0;
    this.#refusals = 0;
    this.#forget_ms = this.#now() + FORGET_MS;
  }
}
