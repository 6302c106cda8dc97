// One name explained: every server of both lists is asked side by side, and each answer is judged, so that a user sees
// what the resolver chooses from. It changes no choice.
import { canonical } from '../../protocol/address/canonical.js';
import { type Question, questionOf } from '../../protocol/dns/message.js';
import type { ServerAnswer } from '../../threads/contracts/dns.js';
import { Countdown } from './ask/countdown.js';
import { promised, type Reply } from './ask/exchange.js';
import type { Judge } from './ask/judge.js';
import type { Servers } from './lookup/rounds.js';
import type { Server } from './transports/configured-server.js';

interface Explaining {
  readonly judge: Judge;
  readonly types: readonly Question['type'][];
  readonly timeout_ms: number;
  /** Waits for what may change a judgement, such as a second answer that contradicts the first. */
  readonly evidence: () => Promise<void>;
  readonly now: () => number;
}

interface Said {
  readonly server: Server;
  readonly question: Question;
  readonly reply: Reply;
  readonly time_ms: number;
}

/** Takes a name as it was asked. Returns one answer for each server and type, in the order of the configuration. */
export async function askEvery(
  name: string,
  { first, backup }: Servers,
  explaining: Explaining,
): Promise<ServerAnswer[]> {
  const servers = [...new Set([...first, ...backup])];
  const asked = servers.flatMap((server) =>
    explaining.types.map((type) => askOne(server, questionOf(name, type), explaining)),
  );
  const said = await Promise.all(asked);
  await explaining.evidence();
  return said.map((one) => answerOf(one, !first.includes(one.server), explaining.judge));
}

async function askOne(server: Server, question: Question, { timeout_ms, now }: Explaining): Promise<Said> {
  const begun_ms = now();
  const asked = promised<Reply>((hear) => server.ask(question, 'usual', hear));
  const deadline = new Countdown(timeout_ms, () => asked.cancel('timed-out'));
  const reply = await asked.outcome;
  deadline.cancel();
  return { server, question, reply, time_ms: Math.round((now() - begun_ms) * 100) / 100 };
}

function answerOf({ server, question, reply, time_ms }: Said, backup: boolean, judge: Judge): ServerAnswer {
  const addresses = reply.kind === 'addresses' ? reply.addresses.map(canonical) : [];
  return {
    ...{ server: server.identity.id, backup, type: question.type, time_ms, kind: reply.kind, addresses },
    ttl_s: 'ttl_s' in reply ? reply.ttl_s : undefined,
    ...judged(server, question.name, reply, addresses, judge),
  };
}

function judged(
  server: Server,
  name: string,
  reply: Reply,
  addresses: readonly string[],
  judge: Judge,
): Pick<ServerAnswer, 'verdict' | 'why' | 'dropped'> {
  if (reply.kind === 'no-answer') return { verdict: 'none', why: reply.reason };
  if (reply.kind === 'server-failure') return { verdict: 'none', why: `rcode ${reply.rcode}` };
  if (reply.doubt !== undefined) return { verdict: 'doubtful', why: reply.doubt };
  const { clean, dropped, suspect } = judge.judge(server.identity, name, addresses);
  const why = dropped.map(({ address, why }) => `${address} ${why}`).join(', ');
  const without = dropped.length === 0 ? {} : { dropped };
  if (suspect || (clean.length === 0 && addresses.length > 0)) return { verdict: 'suspect', why, ...without };
  return { verdict: dropped.length > 0 ? 'partly clean' : 'clean', why, ...without };
}
