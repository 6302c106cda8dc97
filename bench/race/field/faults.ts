// The faults that a way to a destination can have, by name. Data only; way.ts and door.ts carry them out.

interface FaultTraits {
  /** Where the fault shows: for protocols other than TLS the gateway promises an alternative only to a connect failure. */
  readonly phase: 'connect' | 'first byte';
  /** Only a proxy can do this. */
  readonly proxyOnly: boolean;
  /** Dials that meet it end in the kernel, so no way counts them. */
  readonly uncounted: boolean;
  readonly title: string;
}

const connect = { phase: 'connect', proxyOnly: false, uncounted: false } as const;
const firstByte = { phase: 'first byte', proxyOnly: false, uncounted: false } as const;

export const FAULTS = {
  'black-hole': { ...connect, uncounted: true, title: 'swallows connects' },
  refused: { ...connect, uncounted: true, title: 'refuses connects' },
  unanswered: { ...connect, proxyOnly: true, title: 'never answers CONNECT' },
  denied: { ...connect, proxyOnly: true, title: 'answers CONNECT with REP 5' },
  'slow-connect': { ...connect, proxyOnly: true, title: 'answers CONNECT late' },
  'early-silent': {
    ...firstByte,
    proxyOnly: true,
    title: 'answers CONNECT at once, then nothing: its back end is a black hole',
  },
  'early-closes': {
    ...firstByte,
    proxyOnly: true,
    title: 'answers CONNECT at once, then closes: its back end refuses',
  },
  silent: { ...firstByte, title: 'reads the ClientHello and says nothing' },
  reset: { ...firstByte, title: 'resets after the ClientHello' },
  eof: { ...firstByte, title: 'ends after the ClientHello' },
  'plain-text': { ...firstByte, title: 'answers the ClientHello in plain text' },
  alert: { ...firstByte, title: 'answers the ClientHello with a fatal alert' },
  'slow-answer': { ...firstByte, title: 'answers the ClientHello late' },
} as const satisfies Record<string, FaultTraits>;

export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[];

/** How much later than usual the slow faults answer. */
export const SLOW_MS = 1000;
/** Time from a proxy's early reply until it closes, as if its back end had refused. */
export const CLOSES_AFTER_MS = 30;
