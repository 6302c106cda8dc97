// The probe for spoofing: asks a server that does not exist for names known to be targeted. Every answer was injected on the
// way. It listens to the end, since injectors send several different answers. It judges no answer of a real server.
import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { canonical } from '../../../protocol/address/canonical.js';
import { encodeQuery, judgeAnswer, type Question } from '../../../protocol/dns/message.js';
import { LABEL_OCTETS, madeUpName } from '../../../protocol/trust/made-up-name.js';
import type { ServerEndpoint } from '../../../protocol/trust-options.js';
import { Countdown } from '../ask/countdown.js';

export interface Injection {
  readonly name: string;
  readonly address: string;
}

export interface PhantomReport {
  readonly injections: readonly Injection[];
  /**
   * A box takes over all DNS traffic: it answers for every name, which no injector does. Its answers are as good as its own
   * server's, and prove nothing.
   */
  readonly intercepted: boolean;
}

interface PhantomProbe {
  readonly names: readonly string[];
  /** Any existing domain, for the control name that nobody targets. */
  readonly domain: string;
  readonly timeout_ms: number;
  readonly signal: AbortSignal;
}

/** Of one probe; an injector uses only a handful of addresses. */
const INJECTIONS_MAX = 256;

/** Settles after `timeout_ms`, or soon after the signal. */
export async function probePhantom(
  phantom: ServerEndpoint,
  { names, domain, timeout_ms, signal }: PhantomProbe,
): Promise<PhantomReport> {
  const control = madeUpName(randomBytes(LABEL_OCTETS), domain);
  const questions = new Map<number, Question>();
  for (const name of [...names, control]) {
    for (const type of ['A', 'AAAA'] as const) questions.set(freshId(questions), { name, type });
  }
  const injections = new Map<string, Injection>();
  let intercepted = false;
  const answered = (bytes: Buffer): void => {
    const question = bytes.length < 2 ? undefined : questions.get(bytes.readUInt16BE(0));
    if (question === undefined) return;
    const judgement = judgeAnswer(bytes, question, bytes.readUInt16BE(0));
    if (judgement.kind === 'invalid') return;
    if (question.name === control) intercepted = true;
    else if (judgement.kind === 'addresses') {
      for (const address of judgement.addresses.map(canonical)) {
        const key = `${question.name} ${address}`;
        if (injections.size < INJECTIONS_MAX) injections.set(key, { name: question.name, address });
      }
    }
  };
  await listen(phantom, { questions, answered, timeout_ms, signal });
  return { injections: [...injections.values()], intercepted };
}

interface Listening {
  readonly questions: ReadonlyMap<number, Question>;
  readonly answered: (bytes: Buffer) => void;
  readonly timeout_ms: number;
  readonly signal: AbortSignal;
}

function listen(phantom: ServerEndpoint, { questions, answered, timeout_ms, signal }: Listening): Promise<void> {
  return new Promise((resolve) => {
    const socket = createSocket(phantom.address.includes(':') ? 'udp6' : 'udp4');
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      deadline.cancel();
      signal.removeEventListener('abort', end);
      socket.close(() => resolve());
    };
    const deadline = new Countdown(timeout_ms, end);
    signal.addEventListener('abort', end);
    socket.on('message', answered);
    // After an ICMP refusal of one query the probe still listens: the injected answer may follow.
    socket.on('error', () => {});
    socket.on('connect', () => {
      for (const [id, question] of questions) socket.send(encodeQuery(question, id), () => {});
    });
    socket.connect(phantom.port, phantom.address);
    if (signal.aborted) end();
  });
}

function freshId(taken: ReadonlyMap<number, Question>): number {
  let id = randomInt(0x10000);
  while (taken.has(id)) id = randomInt(0x10000);
  return id;
}
