// Measures all that a plan asks for: rounds in which the subjects take turns, so that other activity of the machine meets
// all of them alike; then what needs no rounds.
import { comparisonsOf, loadsOf, type Plan } from '../plan/plan.js';
import type { Measured } from '../results/measured.js';
import type { ComparisonResult, TrialResult } from '../results/measurements.js';
import { Progress } from '../shared/progress.js';
import { compare } from './compare.js';
import type { Ends } from './participation.js';
import { measureBase } from './start-and-rest.js';
import { measureSyscalls } from './syscalls.js';
import { runTrial } from './trial.js';
import { withEnds } from './with-ends.js';

/** One stage for each subject in each round in which it has something to do. */
function stagesOf(plan: Plan) {
  const rounds = Array.from({ length: plan.rounds }, (_, index) => index + 1);
  return rounds
    .flatMap((round) =>
      plan.entrants.map((entrant) => ({
        ...{ round, entrant },
        loads: loadsOf(entrant, plan, round),
        comparisons: comparisonsOf(entrant, plan, round),
      })),
    )
    .filter(({ loads, comparisons }) => loads.length + comparisons.length > 0);
}

type Stage = ReturnType<typeof stagesOf>[number];

async function runRounds(stages: readonly Stage[], plan: Plan, ends: Ends, progress: Progress) {
  const trials: TrialResult[] = [];
  const comparisons: ComparisonResult[] = [];
  for (const stage of stages) {
    const { round, entrant, loads } = stage;
    progress.begin(`round ${round} of ${plan.rounds}: ${entrant.peer.name}`);
    if (loads.length > 0) trials.push(await runTrial(entrant, loads, plan.idle, ends, () => progress.step()));
    for (const comparison of stage.comparisons) {
      comparisons.push(await compare(entrant, comparison, plan.concurrency, ends));
      progress.step();
    }
  }
  return { trials, comparisons };
}

export async function measureAll(plan: Plan): Promise<Measured> {
  const stages = stagesOf(plan);
  const progress = new Progress(stages.reduce((sum, stage) => sum + stage.loads.length + stage.comparisons.length, 0));
  const told = (what: string): void => progress.begin(what);
  try {
    return await withEnds(async (ends) => ({
      ...(await runRounds(stages, plan, ends, progress)),
      base: plan.base && (await measureBase(plan.entrants, plan.base, ends, told)),
      syscalls: plan.syscalls && (await measureSyscalls(plan.entrants, plan.syscalls, ends, told)),
    }));
  } finally {
    progress.end();
  }
}
