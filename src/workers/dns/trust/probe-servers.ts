// The probe for "error-correction": asks one server for names that cannot exist. An address in the answer is one that this
// server gives in place of "no such name". It does not decide which servers are worth probing: see worth-probing.ts.
import { randomBytes } from 'node:crypto';
import { canonical } from '../../../protocol/address/canonical.js';
import type { Question } from '../../../protocol/dns/message.js';
import type { Nameserver } from '../../../protocol/options.js';
import { LABEL_OCTETS, madeUpName } from '../../../protocol/trust/made-up-name.js';
import { Countdown } from '../ask/countdown.js';
import { type Asked, type Hear, promised, type Reply } from '../ask/exchange.js';

/** One question to one server, whatever its transport. */
export type AskServer = (server: Nameserver, question: Question, hear: Hear<Reply>) => Asked;

/** Calls `found` for each address with the server that gave it. Settles within `timeout_ms` for each domain. */
export async function probeServer(
  server: Nameserver,
  { domains, ask, timeout_ms, signal }: ServerProbe,
  found: (address: string, server: Nameserver) => void,
): Promise<void> {
  // One name after the other: a probe must not look like a flood.
  for (const domain of domains) {
    const name = madeUpName(randomBytes(LABEL_OCTETS), domain);
    const replies = await Promise.all(
      // Absolute: the search list may lead to a wildcard of the own network, which is no made-up answer.
      (['A', 'AAAA'] as const).map((type) =>
        bounded((hear) => ask(server, { name, type, absolute: true, madeUp: true }, hear), timeout_ms, signal),
      ),
    );
    if (signal.aborted) return;
    for (const reply of replies) {
      if (reply.kind === 'addresses') for (const address of reply.addresses) found(canonical(address), server);
    }
  }
}

export interface ServerProbe {
  readonly domains: readonly string[];
  readonly ask: AskServer;
  readonly timeout_ms: number;
  readonly signal: AbortSignal;
}

async function bounded(ask: (hear: Hear<Reply>) => Asked, timeout_ms: number, signal: AbortSignal): Promise<Reply> {
  const asked = promised(ask);
  const stop = (): void => asked.cancel('stopping');
  const deadline = new Countdown(timeout_ms, () => asked.cancel('timed-out'));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const reply = await asked.outcome;
  deadline.cancel();
  signal.removeEventListener('abort', stop);
  return reply;
}
