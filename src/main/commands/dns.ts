// `tcproute dns NAME`: each configured server's answer for a name, the verdict on it, and the addresses that a client would
// get. It runs the DNS actor for one question, and no other part of the gateway.
import { MessageChannel } from 'node:worker_threads';
import type { Options } from '../../protocol/options.js';
import { plainTree } from '../../protocol/text/plain-text.js';
import { shownMs } from '../../protocol/text/spans.js';
import { DROP_REASONS } from '../../protocol/trust/evidence.js';
import type { NameExplanation, NamesControl, ServerAnswer } from '../../threads/contracts/dns.js';
import type { NamesStart } from '../../threads/contracts/start.js';
import { call } from '../../threads/port.js';
import { Pulse } from '../../threads/pulse.js';
import { ActorPool } from '../actors/pool.js';
import { type Denied, deniedText } from './egress.js';

const ACTOR = new URL('../../workers/dns/actor.js', import.meta.url);
/** Added to the actor's own deadlines. */
const GRACE_MS = 2000;

export type NameExplained =
  | { readonly kind: 'explained'; readonly explanation: NameExplanation }
  | { readonly kind: 'failed'; readonly reason: string };

/** Returns `failed` if the DNS actor dies or does not answer in time. Settles once the actor's thread has ended. */
export async function explainName(name: string, options: Options): Promise<NameExplained> {
  const pool = new ActorPool(ACTOR);
  const { port1: control, port2 } = new MessageChannel();
  let deadline: NodeJS.Timeout | undefined;
  try {
    // Read only: a running gateway may write the state file.
    const start: NamesStart = { options, beats: Pulse.memory(), control: port2, readOnly: true };
    const ended = pool.run(start, [port2]).ended.then((end): NameExplained => {
      return { kind: 'failed', reason: end.code === 'died' ? end.why : 'the DNS actor has ended' };
    });
    const actor = call<NamesControl>(control);
    const explained = actor.explain(name).then((explanation): NameExplained => ({ kind: 'explained', explanation }));
    const late = new Promise<NameExplained>((resolve) => {
      // For the questions, the first probe, late answers, and the choice.
      const { try_timeout_ms, timeout_ms: lookup_ms, hold_ms } = options.dns;
      const timeout_ms = try_timeout_ms + lookup_ms + hold_ms + lookup_ms + GRACE_MS;
      deadline = setTimeout(resolve, timeout_ms, { kind: 'failed', reason: 'the DNS actor did not answer' });
    });
    const outcome = await Promise.race([explained, ended, late]);
    // The actor closes its sockets before its thread ends.
    control.close();
    await Promise.race([ended, late]);
    return outcome;
  } finally {
    clearTimeout(deadline);
    control.close();
    await pool.destroy();
  }
}

const HEADINGS = ['server', 'list', 'type', 'time', 'answer', 'ttl', 'verdict'];

/** The answers as a table, the choice below it, and those of its addresses that clients may not reach. */
export function explanationText(explanation: NameExplanation, denied: readonly Denied[] = []): string {
  const { name, hosts, answers, choice } = plainTree(explanation);
  const rows = answers.map(rowOf);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd();
  const table = rows.length === 0 ? [] : [line(HEADINGS), ...rows.map(line), ''];
  const reasons = new Set(answers.flatMap(({ dropped = [] }) => dropped.map(({ why }) => why)));
  const meanings = [...reasons].map((reason) => `${reason}: ${DROP_REASONS[reason]}`);
  const legend = meanings.length === 0 ? [] : [...meanings, ''];
  const known = hosts === undefined ? [] : [`hosts: ${hosts.join(', ')}`];
  const left = denied.map((one) => `left out by the egress policy: ${deniedText(one)}`);
  return [name, '', ...table, ...legend, ...known, `choice: ${choiceText(choice)}`, ...left, ''].join('\n');
}

function rowOf(answer: ServerAnswer): string[] {
  const { server, backup, type, time_ms, kind, addresses, ttl_s, verdict, why } = answer;
  const said = addresses.length > 0 ? addresses.join(' ') : kind;
  const judged = why === '' ? verdict : `${verdict}: ${why}`;
  return [server, backup ? 'backup' : 'first', type, `${shownMs(time_ms)} ms`, said, String(ttl_s ?? '-'), judged];
}

function choiceText(choice: NameExplanation['choice']): string {
  switch (choice.code) {
    case 'found':
      return `${choice.addresses.join(', ')} (ttl ${choice.ttl_s} s)`;
    case 'no-such-name':
      return choice.exists ? 'none: the name has no address' : 'none: no such name';
    case 'failed':
      return `none: ${choice.reason}`;
    case 'overloaded':
      return 'none: too many lookups are under way';
    default:
      return choice satisfies never;
  }
}
