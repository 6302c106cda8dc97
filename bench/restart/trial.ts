// One subject's way through the bench: it is started, changes again and again under the load, and is stopped.
import { Target } from '../measuring/ends.js';
import { StartError } from '../peers/daemon.js';
import type { MixOutcome } from './load/messages.js';
import { LoadProcess } from './load-process.js';
import type { Plan } from './options.js';
import { Family, type Taken } from './subjects/family.js';
import type { Change, Running, Subject } from './subjects/subject.js';

export interface Changed {
  readonly kind: Change;
  /** From the request until clients are served by what is new. */
  readonly ms: number;
}

/** What came of a subject under the load. */
interface Course {
  readonly outcome: MixOutcome;
  readonly changes: readonly Changed[];
  readonly taken: Taken;
  /** What was not as it should be, besides lost connections. */
  readonly wrong: readonly string[];
}

export interface Trial {
  readonly subject: string;
  readonly version: string;
  readonly workers: number;
  readonly asserted: boolean;
  /** Or why the subject did not start. */
  readonly course: Course | string;
}

/** Upgrades and reloads in turn, each kind evenly over the whole. */
export function changesOf({ upgrades, reloads }: Pick<Plan, 'upgrades' | 'reloads'>): Change[] {
  const placed = (kind: Change, count: number): (readonly [number, Change])[] =>
    Array.from({ length: count }, (_, index) => [(index + 0.5) / count, kind]);
  return [...placed('reload', reloads), ...placed('upgrade', upgrades)]
    .sort(([one], [other]) => one - other)
    .map(([, kind]) => kind);
}

/** Undefined where the subject is not installed. */
export async function runTrial(subject: Subject, plan: Plan): Promise<Trial | undefined> {
  const found = subject.peer.find();
  if (found === undefined) return undefined;
  const { name, asserted } = subject;
  const about = { subject: name, version: found.version, workers: plan.workers, asserted };
  const target = new Target();
  try {
    const running = await subject.start(found.path, await target.ready(), plan.workers);
    return { ...about, course: await killedAtEnd(running, () => underLoad(running, plan, target)) };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { ...about, course: error.message };
  } finally {
    await target.stop();
  }
}

/** Whatever happens, also at an end of this process, nothing of the subject is left. */
async function killedAtEnd<Result>(running: Running, use: () => Promise<Result>): Promise<Result> {
  const kill = (): void => running.kill();
  process.on('exit', kill);
  try {
    return await use();
  } finally {
    process.off('exit', kill);
    kill();
  }
}

async function underLoad(running: Running, plan: Plan, target: Target): Promise<Course> {
  const { rate, lasting_ms, throughout, patience_ms, connections } = plan;
  const load = new LoadProcess({ ways: running.ways, rate, lasting_ms, throughout, patience_ms });
  const family = new Family(() => running.pids);
  const changes: Changed[] = [];
  const wrong: string[] = [];
  try {
    await load.begin();
    const wanted = changesOf(plan);
    for (const [index, kind] of wanted.entries()) {
      await load.reach(Math.ceil((connections * (index + 1)) / (wanted.length + 1)));
      await load.changing(true);
      const began_ms = performance.now();
      const failed = await running.change(kind).catch((error: Error) => error.message);
      const ms = performance.now() - began_ms;
      await load.changing(false);
      if (failed === undefined) changes.push({ kind, ms });
      else wrong.push(failed);
    }
    await load.reach(connections);
    const outcome = await load.end();
    const { taken } = family;
    wrong.push(...(await running.end()));
    const { alive } = family;
    if (alive.length > 0) wrong.push(`processes are left: ${alive.join(', ')}`);
    const trouble = target.trouble();
    if (trouble !== undefined) wrong.push(`the target had trouble: ${trouble}`);
    return { outcome, changes, taken, wrong };
  } finally {
    await load.stop();
    family.stop();
  }
}
