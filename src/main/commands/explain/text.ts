// The text of `tcproute explain` for people: names, figures, the waterfall of attempts, and the reason of the outcome. Pure;
// no line is longer than 100 columns. It runs no race: see explain.ts.

import { FAILURES } from '../../../protocol/race/failure.js';
import { type AttemptRecord, hasFailed, type RaceRecord, type Why } from '../../../protocol/race/record.js';
import { plainTree } from '../../../protocol/text/plain-text.js';
import { shownMs } from '../../../protocol/text/spans.js';
import type { NameExplanation, ServerAnswer } from '../../../threads/contracts/dns.js';
import { budgetsHead, budgetText } from '../budgets.js';
import { deniedText } from '../egress.js';
import type { Answer } from './client.js';
import { COLUMNS, clipped, numbered, wrapped } from './columns.js';
import type { Explanation } from './explain.js';
import { outlookLines } from './outlook.js';
import { quietText } from './quiet.js';

const BAR_COLUMNS = 64;
const SERVER_COLUMNS = 32;
/** For the four times of an attempt, with a gap before each. */
const HEADINGS = [' started', 'connected', '   asked', 'first byte'].map((heading) => `  ${heading}`);
const LEGEND = '- connecting   = connected   ~ asked   * first byte   x failed';

export function explainText(explained: Explanation): string {
  const explanation = plainTree(explained);
  const { target, race, answer } = explanation;
  const lines = [
    target,
    '',
    ...rulesLines(explanation),
    ...quietLines(explanation),
    ...namesLines(explanation),
    ...deniedLines(explanation),
    ...unfitLines(explanation),
    ...budgetLines(explanation),
    ...outlookLines(explanation.outlook, explanation.outlook_of),
    ...raceLines(race),
    ...whyLines(explanation),
    ...answerLines(answer),
  ];
  return `${lines.join('\n')}\n`;
}

// Rules

export function rulesLines({
  ruled_by,
  passed_over = [],
  user_lines,
}: Pick<Explanation, 'ruled_by' | 'passed_over' | 'user_lines'>): string[] {
  const own = user_lines === undefined ? [] : wrapped('the user may use only: ', user_lines.join(', ').split(' '));
  if (ruled_by === undefined && passed_over.length === 0) return own.length === 0 ? [] : [...own, ''];
  const applies = ruled_by === undefined ? 'none applies' : `${ruled_by} applies`;
  const passed = passed_over.flatMap((place) => wrapped('  passed over: ', `${place} is for other clients`.split(' ')));
  return ['rules', ...passed, ...wrapped('  ', applies.split(' ')), '', ...(own.length === 0 ? [] : [...own, ''])];
}

/** How quiet the connection may be. */
function quietLines({ quiet }: Explanation): string[] {
  return quiet === undefined ? [] : [...wrapped('', quietText(quiet).split(' ')), ''];
}

// Names

function namesLines({ resolved, dns }: Explanation): string[] {
  if (resolved === 'by-proxy') {
    return ['dns', '  not asked: every line that may be used leaves names to its proxy', ''];
  }
  if (resolved === 'blocked') return ['dns', '  not asked: a rule blocks the name', ''];
  if (dns === undefined) return [];
  const servers = dns.answers.map(({ server }) => server.length);
  const width = Math.min(SERVER_COLUMNS, Math.max(...servers, 0));
  const hosts = dns.hosts === undefined ? [] : wrapped('  hosts file: ', dns.hosts);
  return ['dns', ...hosts, ...dns.answers.flatMap((one) => serverLines(one, width)), ...choiceLines(dns, resolved), ''];
}

function serverLines(answer: ServerAnswer, width: number): string[] {
  const { server, backup, type, time_ms, kind, addresses, verdict, why } = answer;
  const head = `  ${clipped(server, width).padEnd(width)}  ${type.padEnd(4)}  ${shownMs(time_ms).padStart(7)} ms  `;
  const judged = verdict === 'none' ? why : why === '' ? verdict : `${verdict}: ${why}`;
  const said = addresses.length > 0 ? addresses : [kind];
  return wrapped(head, [...said, ...`(${backup ? 'backup, ' : ''}${judged})`.split(' ')]);
}

/** The addresses that are dialled. A proxy gets the name instead. */
function choiceLines({ choice }: NameExplanation, resolved: Explanation['resolved']): string[] {
  const who = resolved === 'here' ? 'clients get' : 'lines without a proxy get';
  const proxies = resolved === 'here' ? [] : ['  the others leave the name to their proxy'];
  return [...choiceLinesOf(choice, who), ...proxies];
}

function choiceLinesOf(choice: NameExplanation['choice'], who: string): string[] {
  switch (choice.code) {
    case 'found':
      return wrapped(`  ${who} `, [...choice.addresses, `(ttl ${choice.ttl_s} s)`]);
    case 'no-such-name':
      return [`  ${who} no address: ${choice.exists ? 'the name has none' : 'no such name'}`];
    case 'failed':
      return wrapped(`  ${who} no address: `, choice.reason.split(' '));
    case 'overloaded':
      return [`  ${who} no address: too many lookups are under way`];
    default:
      return choice satisfies never;
  }
}

/** Addresses that no client may reach. */
function deniedLines({ denied }: Explanation): string[] {
  if (denied.length === 0) return [];
  return [...denied.flatMap((one) => wrapped('left out by the egress policy: ', deniedText(one).split(' '))), ''];
}

/** Lines that cannot carry what is asked for. */
function unfitLines({ unfit }: Explanation): string[] {
  if (unfit.length === 0) return [];
  return [...unfit.flatMap(({ line, why }) => wrapped(`left out: ${line}: `, why.split(' '))), ''];
}

function budgetLines({ budgets = [], budgets_of = 'file', budgets_at }: Explanation): string[] {
  if (budgets.length === 0) return [];
  return [
    budgetsHead({ budgets_of, budgets_at }),
    ...budgets.flatMap((one) => wrapped('  ', budgetText(one).split(' '))),
    '',
  ];
}

// Race

function raceLines(race: RaceRecord): string[] {
  const { attempts } = race;
  if (attempts.length === 0) return ['race: nothing could be tried', ''];
  const count = attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`;
  return [
    `race: ${count}, ${shownMs(race.total_ms)} ms (all times in ms from its beginning)`,
    ...table(attempts),
    '',
    ...waterfall(race),
    ...detailLines(attempts),
    '',
  ];
}

function table(attempts: readonly AttemptRecord[]): string[] {
  const address = Math.max('address'.length, ...attempts.map((attempt) => attempt.address.length));
  const times = HEADINGS.join('').length;
  const room = COLUMNS - numbered(0, '').length - address - 2 - times;
  const line = Math.min(room, Math.max('line'.length, ...attempts.map((attempt) => attempt.line.length)));
  const row = (name: string, at: string, cells: readonly string[]): string =>
    `${clipped(name, line).padEnd(line)}  ${at.padEnd(address)}${cells.join('')}`.trimEnd();
  const rows = attempts.map((attempt, place) => {
    const { started_ms, connected_ms, asked_ms, answered_ms } = attempt;
    const cells = [started_ms, connected_ms, asked_ms, answered_ms].map((time, column) =>
      shownMs(time).padStart((HEADINGS[column] as string).length),
    );
    return numbered(place, row(attempt.line, attempt.address, cells));
  });
  return [' '.repeat(numbered(0, '').length) + row('line', 'address', HEADINGS), ...rows];
}

function waterfall({ attempts, winner, total_ms }: RaceRecord): string[] {
  const longest = Math.max(total_ms, ...attempts.map((attempt) => endOf(attempt)));
  const bars = attempts.map((attempt, place) => {
    const memory = attempt.remembered ? ', remembered' : attempt.trial ? ', tried to come home' : '';
    const outcome = place === winner && !hasFailed(attempt) ? 'won' : (attempt.result ?? 'under way');
    return numbered(place, `|${bar(attempt, longest)}|  ${outcome}${memory}`);
  });
  const margin = ' '.repeat(numbered(0, '').length);
  const scale = `${margin}0${shownMs(longest).padStart(BAR_COLUMNS - 3)} ms`;
  return [...bars, scale, `${margin}${LEGEND}`];
}

/** The details that the kernel or a proxy gave for failed attempts. */
function detailLines(attempts: readonly AttemptRecord[]): string[] {
  return attempts.flatMap(({ result, detail }, place) =>
    detail === undefined ? [] : wrapped(numbered(place, `${result}: `), detail.split(' ')),
  );
}

function bar(attempt: AttemptRecord, longest_ms: number): string {
  const cells = new Array<string>(BAR_COLUMNS).fill(' ');
  const place = (at_ms: number): number =>
    longest_ms > 0 ? Math.min(BAR_COLUMNS - 1, Math.floor((at_ms / longest_ms) * BAR_COLUMNS)) : 0;
  const { started_ms, connected_ms, asked_ms, answered_ms } = attempt;
  const end_ms = endOf(attempt);
  const draw = (from_ms: number | undefined, to_ms: number, mark: string): void => {
    if (from_ms !== undefined) cells.fill(mark, place(from_ms), place(to_ms) + 1);
  };
  draw(started_ms, connected_ms ?? end_ms, '-');
  draw(connected_ms, asked_ms ?? end_ms, '=');
  draw(asked_ms, end_ms, '~');
  if (answered_ms !== undefined) draw(answered_ms, answered_ms, '*');
  else if (hasFailed(attempt)) draw(end_ms, end_ms, 'x');
  return cells.join('');
}

function endOf({ started_ms, connected_ms, asked_ms, answered_ms, ended_ms }: AttemptRecord): number {
  return ended_ms ?? answered_ms ?? asked_ms ?? connected_ms ?? started_ms;
}

// Why

function whyLines({ race, rule }: Explanation): string[] {
  const { attempts, winner, why, cause, detail: said, reply } = race;
  const detail = rule ?? said;
  const told = reply === undefined ? 'no reply to the client' : `reply ${String(reply).padStart(2, '0')} to the client`;
  if (winner === undefined || why === undefined) {
    const sentence = cause === undefined ? 'it was not decided' : FAILURES[cause].sentence;
    const whole = detail === undefined ? sentence : `${sentence}: ${detail}`;
    return wrapped('failed: ', `${whole} (${told})`.split(' '));
  }
  const won = attempts[winner] as AttemptRecord;
  const others = attempts.filter((_, place) => place !== winner).map((one) => `${named(one)} (${one.result})`);
  const reason = why === 'others-failed' ? `${WHY[why]}: ${others.join(', ')}` : WHY[why];
  const head = why === 'none-answered' || why === 'none-stayed' ? 'passed on: ' : 'won: ';
  return wrapped(head, `${named(won)}: ${reason} (${told})`.split(' '));
}

const WHY: Readonly<Record<Why, string>> = {
  remembered: 'it was remembered as the best, went first and alone, and was in time',
  'only-attempt': 'no other was started',
  'connected-first': 'it was connected first',
  'answered-first': 'it was the first to answer the ClientHello',
  'others-failed': 'the others failed',
  cheaper: 'the other lines are dearer, and had to wait for it',
  hinted: 'its line carries a host of the same site or network, and the others had to wait for it',
  told: 'it works for another gateway, as that has told, and the others had to wait for it',
  warned: 'other gateways speak against the others, which had to wait',
  'others-answer-early': 'those connected before it are known to say so too early',
  'others-left': 'a server that was connected before it left before the client had spoken',
  'none-answered': 'no candidate answered the ClientHello as TLS does',
  'none-stayed': 'its server left before the client had spoken, and no other was there',
};

const named = ({ line, address }: AttemptRecord): string => `${line} ${address}`;

function answerLines(answer: Answer): string[] {
  switch (answer.kind) {
    case 'not-connected':
      return [];
    case 'tls': {
      const { protocol, certificate, handshake_ms } = answer;
      const trust = certificate === 'trusted' ? 'certificate trusted' : `certificate not trusted: ${certificate}`;
      return wrapped('tls: ', `${protocol} in ${shownMs(handshake_ms)} ms, ${trust}`.split(' '));
    }
    case 'tls-failed':
      return wrapped('tls: failed: ', answer.reason.split(' '));
    case 'spoke-first':
      return ['protocol: the destination spoke first'];
    case 'waits':
      return ['protocol: not tried, the destination waits for the client to speak'];
    case 'ended':
      return ['protocol: the destination ended the connection without a word'];
    default:
      return answer satisfies never;
  }
}
