// One comparison on one subject in one round. The sides take turns (without, with, with, without), so that a subject that
// becomes faster, or a machine that becomes slower, affects both sides alike.
import type { Daemon } from '../peers/daemon.js';
import type { Setting } from '../peers/peer.js';
import type { Comparison } from '../plan/comparison.js';
import type { Entrant } from '../plan/plan.js';
import type { ComparisonMeasurement, ComparisonResult, Failure } from '../results/measurements.js';
import { type Ends, failuresOf, withDaemon } from './participation.js';
import { Turns } from './turns.js';

/** Least memory of a route in each actor that holds it: its name, its entry in a map and two objects take more. */
const ROUTE_OCTETS_MIN = 256;
/** The least part of a crowd that must be there in the end. A subject may turn some of one client's connections away. */
const CROWD_PART_MIN = 1 / 2;

/** `connections` are open at a time in the connect load. */
export async function compare(
  entrant: Entrant,
  comparison: Comparison,
  connections: number,
  ends: Ends,
): Promise<ComparisonResult> {
  const { peer, workers } = entrant;
  const { name, without, with: other } = comparison;
  const failures: Failure[] = [];
  const parts = { entrant, comparison, connections, ends };
  const take = async (first: Daemon, second: Daemon): Promise<ComparisonMeasurement> => {
    const sides = [new Turns(first, without, parts), new Turns(second, other, parts)] as const;
    await takeTurns(...sides, comparison);
    for (const { outcomes, daemon } of sides) failures.push(...failuresOf(peer.name, name, outcomes, daemon, ends));
    const { crowd } = sides[1];
    const compared = { without: sides[0].side, with: sides[1].side, ...(crowd === undefined ? {} : { crowd }) };
    const measurement = { subject: peer.name, workers, comparison: name, ...compared };
    const lack = lackOf(measurement, comparison);
    if (lack !== undefined) failures.push({ subject: peer.name, load: name, cause: lack, count: 1 });
    return measurement;
  };
  const start = (setting: Setting, use: (daemon: Daemon) => Promise<ComparisonMeasurement | undefined>) =>
    withDaemon(entrant, ends, name, failures, use, setting);
  const measurement = await start(without.setting, (first) =>
    other.setting === without.setting ? take(first, first) : start(other.setting, (second) => take(first, second)),
  );
  return { measurement, failures };
}

/** Why nothing has been compared, or undefined. Routes that are not in memory, or a crowd that has gone, cost nothing. */
function lackOf(measurement: ComparisonMeasurement, { with: { setting, crowd } }: Comparison): string | undefined {
  const { workers, without, with: other } = measurement;
  const { crowd: held = 0 } = measurement;
  if (crowd !== undefined && held < crowd.connections * CROWD_PART_MIN) {
    return `only ${held} of ${crowd.connections} ${crowd.kind} connections were there in the end`;
  }
  if (setting.kind !== 'routes') return undefined;
  const growth = other.pss - without.pss;
  const least = (setting.count * ROUTE_OCTETS_MIN * (1 + workers)) / 1024;
  return growth < least
    ? `${setting.count} routes have taken only ${Math.round(growth)} KiB: they are not in memory`
    : undefined;
}

async function takeTurns(without: Turns, other: Turns, comparison: Comparison): Promise<void> {
  const { duration_ms, warmUp_ms } = comparison;
  await without.warmUp(warmUp_ms);
  // What a subject runs depends on how its clients speak.
  const speaksAlike = comparison.with.speech === comparison.without.speech;
  if (other.daemon !== without.daemon || !speaksAlike) await other.warmUp(warmUp_ms);
  await without.take(duration_ms);
  await other.hold();
  await other.take(duration_ms);
  await other.take(duration_ms);
  await other.release();
  await without.take(duration_ms);
}
