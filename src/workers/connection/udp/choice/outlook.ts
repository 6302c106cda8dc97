// Asks the choice of a flow what it would do now, without sending anything: for `tcproute explain --udp`. Names are looked up as a
// flow does it.
import { formatIp } from '../../../../protocol/address/address.js';
import type { Target } from '../../../../protocol/address/target.js';
import { type Candidate, sameCandidate } from '../../../../protocol/lines/candidate.js';
import type { Line } from '../../../../protocol/lines/line.js';
import { describe, type Failure } from '../../../../protocol/race/failure.js';
import type { CandidateMemory } from '../../../../protocol/routes/candidate-memory.js';
import { narrowed } from '../../../../protocol/rules/narrowed.js';
import type { FlowAddress, FlowLine, FlowOutlook, FlowReason } from '../../../../protocol/udp/flow-outlook.js';
import type { Rank } from '../../../../protocol/udp/line-order.js';
import type { Client } from '../../../../protocol/users/client.js';
import type { UdpLine, UdpLines } from '../../../../threads/shared/udp-lines.js';
import type { LineSteering } from '../../shared/line-steering.js';
import type { RulesReplica } from '../../shared/replicas/rules.js';
import type { FlowCandidate } from './choice.js';
import { DestinationChoice, type FlowChoiceParts } from './flow-choice.js';
import { whyNot } from './flow-lines.js';
import { candidateOf } from './flow-memory.js';

export type FlowOutlookParts = FlowChoiceParts & {
  readonly options: { readonly lines: readonly Line[] };
  readonly rules: Pick<RulesReplica, 'match'>;
  readonly steering: Pick<LineSteering, 'narrowed'>;
  readonly udpLines: Pick<UdpLines, 'of'>;
};

/** A choice that tells nobody of its trial, and says what it goes by. */
class Preview extends DestinationChoice {
  whenSettled: () => void = () => {};

  protected override tried(): void {}

  protected override settled(): void {
    this.whenSettled();
  }

  get lead(): Candidate | undefined {
    return this.remembered.lead;
  }

  get trial(): Candidate | undefined {
    return this.remembered.trial;
  }

  get connects(): number | undefined {
    return this.memory?.connects();
  }

  find(candidate: Candidate): CandidateMemory | undefined {
    return this.memory?.find(candidate);
  }

  unfitOf(number: number): readonly FlowReason[] {
    return this.unfit(number).map(({ ip, failure: { code: cause, detail } }) => ({
      ...{ kind: 'address-unfit', address: formatIp(ip), cause, detail },
    }));
  }

  rankOf(number: number): Rank | undefined {
    return this.memory === undefined ? undefined : this.ranked.find(({ line }) => line === number)?.rank;
  }
}

/**
 * `own`: the lines that the client may use, by number; undefined for all. `allowedFor` of the parts answers for this client. Resolves
 * when names have been looked up.
 */
export async function flowOutlook(
  parts: FlowOutlookParts,
  target: Target,
  client: Client,
  own: readonly number[] | undefined,
): Promise<FlowOutlook> {
  let refused: Failure | undefined;
  const candidates: FlowCandidate[] = [];
  const choice = new Preview(
    parts,
    target,
    { connection: -1, user: client.user, depth: 0 },
    {
      chosen: (more) => void candidates.push(...more),
      refused: (failure) => {
        refused = failure;
      },
    },
  );
  await new Promise<void>((resolve) => {
    choice.whenSettled = resolve;
    choice.begin();
  });
  choice.close();
  const lines = parts.options.lines.map((line) =>
    lineOutlook(parts, choice, candidates, { target, client, own }, line.number),
  );
  const turnOf = ({ addresses: [first] }: FlowLine): number => first?.turn ?? Number.POSITIVE_INFINITY;
  return {
    ...(refused === undefined ? {} : { refused: { cause: refused.code, sentence: describe(refused) } }),
    lines: [...lines].sort((a, b) => (turnOf(a) === turnOf(b) ? 0 : turnOf(a) - turnOf(b))),
  };
}

interface AskedOf {
  readonly target: Target;
  readonly client: Client;
  /** The lines that the client may use; undefined for all. */
  readonly own: readonly number[] | undefined;
}

function lineOutlook(
  parts: FlowOutlookParts,
  choice: Preview,
  candidates: readonly FlowCandidate[],
  asked: AskedOf,
  number: number,
): FlowLine {
  const line = parts.lines[number];
  const barred = whyBarred(parts, asked, number);
  const turns = candidates.flatMap((one, place) => (one.line === line ? [{ one, turn: place + 1 }] : []));
  const rank = choice.rankOf(number);
  const why: FlowReason[] = barred === undefined ? [] : [barred];
  if (barred === undefined && rank !== undefined && rank !== 'usual') why.push({ kind: rank });
  if (barred === undefined && !line.isDirect) why.push(ofProxies(parts.udpLines.of(number)));
  if (barred === undefined && choice.connects === number) why.push({ kind: 'connects' });
  if (barred === undefined && line.isDirect) why.push(...choice.unfitOf(number));
  return { line: line.name, why, addresses: turns.map(({ one, turn }) => addressOutlook(parts, choice, one, turn)) };
}

/** What is known of whether the proxies of a line relay datagrams. */
function ofProxies({ relays, asked_ms, failed }: UdpLine): FlowReason {
  if (failed !== undefined) {
    const { cause, ago_ms, was_asked } = failed;
    return { kind: was_asked ? 'not-said' : 'not-reached', ago_ms, cause };
  }
  return relays === 'yes' ? { kind: 'relays', ago_ms: asked_ms ?? 0 } : { kind: 'not-asked' };
}

function addressOutlook(
  { engine }: FlowOutlookParts,
  choice: Preview,
  candidate: FlowCandidate,
  turn: number,
): FlowAddress {
  const { line, ip } = candidate;
  const own = candidateOf(line.number, line.isDirect ? ip : undefined);
  const known = choice.find(own);
  const is = (other: Candidate | undefined): boolean =>
    other !== undefined && (sameCandidate(other, own) || (turn === 1 && other.line === own.line));
  const why: FlowReason[] = [];
  if (is(choice.trial)) why.push({ kind: 'tried-again' });
  else if (is(choice.lead)) why.push({ kind: 'remembered' });
  else if (known?.isDoubted(engine.now)) why.push({ kind: 'doubted' });
  return {
    address: ip === undefined ? undefined : formatIp(ip),
    turn,
    why,
    answers_ms: known === undefined || known.firstByte.samples === 0 ? undefined : rounded(known.firstByte.mean),
    late_ms: rounded(choice.answersWithin(candidate)),
    worked_ms: known === undefined || !Number.isFinite(known.worked) ? undefined : rounded(engine.now - known.worked),
  };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** Why the line has no turn by what is decided before any is ordered; undefined where it may have one. */
function whyBarred(parts: FlowOutlookParts, { target, client, own }: AskedOf, number: number): FlowReason | undefined {
  const { rules, steering, allLines, lines } = parts;
  const ruling = rules.match(target, client);
  const usable = ruling === 'block' ? [] : (narrowed(ruling, own)?.lines ?? allLines);
  if (!usable.includes(number))
    return { kind: own !== undefined && !own.includes(number) ? 'not-for-user' : 'kept-away' };
  const left = steering.narrowed({ lines: usable, sticky: false }, target, allLines)?.lines ?? usable;
  if (!left.includes(number)) return { kind: 'steered-away' };
  const why = whyNot(parts, lines[number], target);
  return why && { kind: 'unfit', cause: why.code, detail: why.detail };
}
