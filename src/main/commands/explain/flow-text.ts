// The text of `tcproute explain --udp` for people: the turns of lines and addresses, and the reasons. Pure; no line is longer than
// 100 columns.
import { FAILURES, type FailureCode } from '../../../protocol/race/failure.js';
import { plainTree } from '../../../protocol/text/plain-text.js';
import { shownMs, shownSpan } from '../../../protocol/text/spans.js';
import type { FlowAddress, FlowLine, FlowReason } from '../../../protocol/udp/flow-outlook.js';
import { clipped, wrapped } from './columns.js';
import type { FlowExplanation } from './flow.js';
import { rulesLines } from './text.js';

const NAME_COLUMNS = 24;

export function flowText(explained: FlowExplanation): string {
  const explanation = plainTree(explained);
  const { target, flow, flow_of, quic } = explanation;
  const of = flow_of === 'running' ? ', in the gateway that runs' : '';
  const width = Math.min(NAME_COLUMNS, Math.max(...flow.lines.map(({ line }) => line.length)));
  const lines = [
    `${quic === undefined ? 'datagrams' : 'QUIC'} to ${target}`,
    '',
    ...rulesLines(explanation),
    `lines for a flow that begins now${of}`,
    ...flow.lines.flatMap((line) => rowsOf(line, width, quic)),
    '',
    ...endOf(explanation),
  ];
  return `${lines.join('\n')}\n`;
}

function rowsOf({ line, why, addresses }: FlowLine, width: number, quic: FlowExplanation['quic']): string[] {
  const head = (turn: string, name: string): string => `${turn.padStart(5)}  ${clipped(name, width).padEnd(width)}  `;
  const told = why.filter((reason) => !isOfAddress(reason)).map(reasonText);
  const turns = addresses.map((one, place) => {
    const texts = [...(place === 0 ? told : []), addressText(one, quic)];
    return { turn: String(one.turn), text: texts.join('; ') };
  });
  const unfit = why.filter(isOfAddress).map((reason) => ({ turn: 'never', text: reasonText(reason) }));
  const rows = [
    ...(turns.length === 0 && told.length > 0 ? [{ turn: 'never', text: told.join('; ') }] : turns),
    ...unfit,
  ];
  if (rows.length === 0) return wrapped(head('never', line), 'no address is known'.split(' '));
  return rows.flatMap(({ turn, text }, place) => wrapped(head(turn, place === 0 ? line : ''), text.split(' ')));
}

const isOfAddress = ({ kind }: FlowReason): boolean => kind === 'address-unfit';

function addressText(
  { address, turn, why, answers_ms, late_ms, worked_ms }: FlowAddress,
  quic: FlowExplanation['quic'],
): string {
  const start = quic?.find((one) => one.turn === turn);
  const known = [
    ...(start === undefined ? [] : [`gets the first flight after ${shownMs(start.starts_ms)} ms`]),
    ...(quic === undefined || start !== undefined ? [] : ['gets no flight']),
    ...(answers_ms === undefined ? [] : [`answers in ${shownMs(answers_ms)} ms`]),
    ...(worked_ms === undefined ? [] : [`worked ${shownSpan(worked_ms)} ago`]),
    `late after ${shownMs(late_ms)} ms`,
  ];
  const reasons = why.map((reason) => `${reasonText(reason)}, `).join('');
  return `${address ?? 'its proxy resolves the name'}: ${reasons}${known.join(', ')}`;
}

export function reasonText(reason: FlowReason): string {
  switch (reason.kind) {
    case 'remembered':
      return 'it is remembered as the best';
    case 'tried-again':
      return 'it is cheaper than the remembered one, and is tried again';
    case 'connects':
      return 'connections to the destination work best over it';
    case 'doubted':
      return 'datagrams to the destination have failed over it, and not worked since';
    case 'silent':
      return 'datagrams over it have had no answers lately, where others had some';
    case 'dead':
      return 'nothing gets through it at present';
    case 'out':
      return 'its link is down, or its proxy cannot be reached';
    case 'not-asked':
      return 'its proxy has not been asked lately whether it relays datagrams';
    case 'relays':
      return `its proxy said ${shownSpan(reason.ago_ms)} ago that it relays datagrams`;
    case 'not-reached':
      return `its proxy was to be asked ${shownSpan(reason.ago_ms)} ago whether it relays datagrams, in vain: ${FAILURES[reason.cause].sentence}`;
    case 'not-said':
      return `its proxy was asked ${shownSpan(reason.ago_ms)} ago whether it relays datagrams, and gave no way for them: ${FAILURES[reason.cause].sentence}`;
    case 'kept-away':
      return 'the rule leaves it out';
    case 'not-for-user':
      return 'the user may not use it';
    case 'steered-away':
      return 'an operator has paused it, or pinned connections to another line';
    case 'unfit':
      return unfitText(reason);
    case 'address-unfit':
      return `${reason.address}: ${unfitText(reason)}`;
    default:
      return reason satisfies never;
  }
}

function unfitText({ cause, detail }: { readonly cause: FailureCode; readonly detail: string | undefined }): string {
  const { sentence } = FAILURES[cause];
  return detail === undefined ? sentence : `${sentence} (${detail})`;
}

const FLIGHTS =
  'the first flight goes out over one line after the other as long as no authentic answer comes, at once when one fails; the line whose server answers first carries the connection. What has early data goes over the first one only';

function endOf({ flow, quic }: FlowExplanation): string[] {
  if (flow.refused !== undefined) return wrapped('refused: ', flow.refused.sentence.split(' '));
  if (quic !== undefined) return wrapped('', FLIGHTS.split(' '));
  const moves =
    'the first one carries it; while nothing has come back, a flow moves to the next one when its way fails, the network reports an error, or some datagrams have had no answer for seconds';
  return wrapped('', moves.split(' '));
}
