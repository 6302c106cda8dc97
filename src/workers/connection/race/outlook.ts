// Asks the parts of a race what it would do now, without starting an attempt: for `tcproute explain`. Names are looked up as a
// race does it. protocol/race/outlook/outlook.ts says why.
import type { Target } from '../../../protocol/address/target.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import type { Options } from '../../../protocol/options.js';
import type { SpokenAgainst } from '../../../protocol/race/held-back.js';
import type { AskedLine, Home, LeftOut, Told } from '../../../protocol/race/outlook/asked.js';
import { type Outlook, outlookOf } from '../../../protocol/race/outlook/outlook.js';
import { type Held, type Hinted, lastOf, type PlanStep, scheduleOf } from '../../../protocol/race/outlook/schedule.js';
import type { PlanRules } from '../../../protocol/race/plan.js';
import type { CandidateMemory, Outage } from '../../../protocol/routes/candidate-memory.js';
import type { LineView } from '../../../protocol/routes/destination-memory.js';
import type { Hint } from '../../../protocol/routes/hints.js';
import { narrowed } from '../../../protocol/rules/narrowed.js';
import type { Client } from '../../../protocol/users/client.js';
import type { Egress } from '../shared/dialling/egress.js';
import type { LineSteering } from '../shared/line-steering.js';
import type { RulesReplica } from '../shared/replicas/rules.js';
import { Candidates, type CandidatesParts } from './candidates.js';
import { beginningWith, type HintForParts } from './foreign-search.js';
import { type HoldBackParts, holdBack } from './hold-back.js';
import type { KnownDestination } from './known/destination.js';
import { type KnownForParts, knownFor } from './known/memory.js';
import { takeHint } from './take-hint.js';

/** The parts of the actor's context that an outlook needs. */
export type OutlookParts = CandidatesParts &
  HoldBackParts &
  KnownForParts &
  HintForParts & {
    readonly options: Pick<Options, 'lines' | 'cache' | 'race'>;
    readonly planRules: PlanRules;
    readonly allLines: readonly number[];
    readonly health: Pick<
      LineHealth,
      'mayUse' | 'answersEarly' | 'outage' | 'circuit' | 'isLinkDown' | 'isDead' | 'spentBudgets' | 'foreignDown'
    >;
    readonly steering: Pick<LineSteering, 'narrowed' | 'pinned' | 'away'>;
    readonly egress: Pick<Egress, 'mayAskFor'>;
    readonly rules: Pick<RulesReplica, 'match'>;
  };

/** `own`: the lines that the client may use, by number; undefined for all. Undefined where no race would begin. */
export async function outlook(
  parts: OutlookParts,
  target: Target,
  client: Client,
  own: readonly number[] | undefined,
): Promise<Outlook | undefined> {
  const { health, planRules: rules, routes, options, badAddresses, engine } = parts;
  const ruling = parts.rules.match(target, client);
  if (ruling === 'block' || parts.egress.mayAskFor(target, 0).code !== 'allowed') return undefined;
  const allowed = narrowed(ruling, own);
  const usable = allowed?.lines ?? parts.allLines;
  const choice = parts.steering.narrowed(allowed, target, parts.allLines);
  const lines = choice?.lines ?? parts.allLines;
  const known = knownFor(parts, target, lines.length, choice, client);
  const { foreignHints } = parts;
  if (foreignHints.isOn && known.key !== undefined && lines.length > 1 && known.isUnknown)
    foreignHints.ask(known.key, engine.now);
  const gathered = await gather(parts, target, client, lines, known);
  const view: LineView = {
    addressesOf: (line) => gathered.candidates.addressesOf(line),
    mayUse: (line) => lines.includes(line) && health.mayUse(line, engine.now),
    answersEarly: (line) => health.answersEarly(line, engine.now),
    outage: (line) => health.outage(line),
    preferences: parts.preferences,
  };
  const sticky = choice !== undefined && choice.sticky !== false;
  const best = known.best(view, sticky);
  const { steps, leftOut } = gathered;
  const isSuspect = ({ line, ip }: Candidate): boolean =>
    parts.lines[line].isDirect && badAddresses.isLast(ip, target.host);
  const lead = best !== undefined && gathered.candidates.isUsual(best) ? best : undefined;
  const { memory, kept, patience_ms } = known;
  const { preferences } = parts;
  const isFirst = !sticky && known.isUnknown;
  const { hint, told, hinted } = isFirst && lines.length > 1 ? hintOf(parts, target, known.key, view, steps) : NO_HINT;
  const held = isFirst && preferences === undefined ? heldOf(parts, target, view, lines) : undefined;
  const isTold = ({ line, ip }: Candidate): boolean =>
    parts.lines[line].isDirect && badAddresses.isTold(ip, target.host);
  const asked = options.lines.map((line) => ({
    ...line,
    barred: lines.includes(line.number) ? undefined : whyBarred(parts, line.number, usable, target, own),
  }));
  const pinned = parts.steering.pinned(usable, target);
  return outlookOf(
    {
      ...{ lines: asked, pinned, memory, lead, hint, told, kept, isSuspect, isTold, health, preferences, leftOut },
      isHeldBack: (candidate) => held?.isSpokenAgainst(candidate) === true,
      schedule: scheduleOf({ rules, preferences, patience: known, lead, patience_ms, hinted, held, steps }),
      lastResort: lastOf(steps),
      rates: sticky ? undefined : parts.bulkSites.ratesOf(target, engine.now),
      home: sticky ? undefined : homeOf(parts, lines, known, lead, view, gathered.candidates),
      ...{ stagger_ms: rules.stagger_ms, ttl_ms: routes.ttl_ms, refresh_ms: options.cache.refresh_s * 1000 },
    },
    engine.now,
  );
}

interface Hints {
  /** Of a neighbour. */
  readonly hint: Hint | undefined;
  /** Of another gateway. */
  readonly told: Told | undefined;
  readonly hinted: Hinted | undefined;
}

const NO_HINT: Hints = { hint: undefined, told: undefined, hinted: undefined };

/** What neighbours tell, or else another gateway, and with what the plan begins. */
function hintOf(
  parts: OutlookParts,
  target: Target,
  key: string | undefined,
  view: LineView,
  steps: readonly PlanStep[],
): Hints {
  const { now } = parts.engine;
  const hinted: Hinted[] = [];
  const plan = {
    hint: (line: number, until: number, passes: boolean): void =>
      void hinted.push({ line, until_ms: until - now, passes }),
  };
  const hint = takeHint(parts, target, view, plan);
  const found = hint === undefined && key !== undefined ? parts.foreignHints.find(key, now) : undefined;
  const begins = found && beginningWith(parts, found, view);
  const isOffered = steps.some(
    (step) => step.kind === 'offer' && !step.isLast && step.candidates[0].line === begins?.line,
  );
  if (found === undefined || begins === undefined || !isOffered) return { ...NO_HINT, hint, hinted: hinted[0] };
  const { line, mute, from } = found.hint;
  const beside = { ...begins.beside, muteUntil: begins.beside.muteUntil - now };
  return {
    ...{ hint, told: { line, mute, from, age_ms: found.age_ms } },
    hinted: { line, until_ms: begins.until - now, passes: begins.passes, beside },
  };
}

/** What is held back since other gateways speak against it. */
function heldOf(parts: OutlookParts, target: Target, view: LineView, lines: readonly number[]): Held | undefined {
  const held: Held[] = [];
  const hold = (until: number, isSpokenAgainst: SpokenAgainst): void =>
    void held.push({ until_ms: until - parts.engine.now, isSpokenAgainst });
  holdBack(parts, { target, mayUse: (line) => view.mayUse(line) }, lines, { hold });
  return held[0];
}

/** Whether a cheaper line than the lead's would be tried beside it. */
function homeOf(
  { preferences, engine }: OutlookParts,
  numbers: readonly number[],
  known: KnownDestination,
  lead: CandidateMemory | undefined,
  view: LineView,
  candidates: Candidates,
): Home | undefined {
  if (preferences === undefined || lead === undefined || preferences.isCheapest(lead.line)) return undefined;
  const addressesOf = (line: number) => candidates.addressesOf(line);
  const mayUse = (line: number): boolean => view.mayUse(line);
  const outage = (line: number): Outage | undefined => view.outage(line);
  const trial = known.trial(lead, { preferences, numbers, mayUse, outage, addressesOf });
  return { trial, waits_ms: known.memory?.home?.waits_ms(engine.now) ?? 0 };
}

function whyBarred(
  { steering, lines }: Pick<OutlookParts, 'steering' | 'lines'>,
  line: number,
  usable: readonly number[],
  target: Target,
  own: readonly number[] | undefined,
): AskedLine['barred'] {
  if (!usable.includes(line)) {
    return { kind: own !== undefined && !own.includes(line) ? 'not-for-user' : 'kept-away-by-rule' };
  }
  const away = steering.away(line, usable, target);
  return away?.kind === 'pinned-elsewhere' ? { ...away, line: lines[away.line].name } : { kind: 'paused' };
}

interface Gathered {
  readonly candidates: Candidates;
  /** What the plan of the race would be told. */
  readonly steps: readonly PlanStep[];
  readonly leftOut: readonly LeftOut[];
}

/** Resolves when all names have been looked up; each lookup ends. */
function gather(
  parts: OutlookParts,
  target: Target,
  client: Client,
  lines: readonly number[],
  known: KnownDestination,
): Promise<Gathered> {
  const steps: PlanStep[] = [];
  const leftOut: LeftOut[] = [];
  const plan = {
    isGated: parts.preferences !== undefined,
    begin: (promising: readonly number[]): void => void steps.push({ kind: 'begin', lines: promising }),
    settled: (line: number): void => void steps.push({ kind: 'settled', line }),
    offer: (candidates: readonly Candidate[], isLast: boolean): void => {
      if (candidates.length > 0) steps.push({ kind: 'offer', candidates, isLast });
    },
  };
  const egress: OutlookParts['egress'] & Pick<Egress, 'mayDial'> = {
    mayAskFor: (asked, depth) => parts.egress.mayAskFor(asked, depth),
    mayDial: (line, ip, asked, whose) => {
      const permission = parts.egress.mayDial(line, ip, asked, whose);
      if (permission.code !== 'allowed') leftOut.push({ candidate: { line: line.number, ip }, cause: permission.code });
      return permission;
    },
  };
  return new Promise((resolve) => {
    const looked = (): void => {
      if (candidates.done) resolve({ candidates, steps, leftOut });
    };
    const candidates = new Candidates({ ...parts, egress }, target, client, plan, known, { looked });
    candidates.begin(lines);
    looked();
  });
}
