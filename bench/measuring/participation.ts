// The participation of a subject: it is started for a measurement, reached through its own port, and stopped afterwards.
// A failure is recorded with the subject's name and does not end the bench.
import { Daemon, StartError } from '../peers/daemon.js';
import type { Setting } from '../peers/peer.js';
import type { Entrant } from '../plan/plan.js';
import type { Failure } from '../results/measurements.js';
import type { Outcome, Speech, TargetKind, TargetPorts, Way } from '../shared/messages.js';
import type { EndsAlone } from './alone.js';
import type { LoadGenerator, Target } from './ends.js';

export interface Ends {
  readonly generator: LoadGenerator;
  readonly target: Target;
  readonly ports: TargetPorts;
  readonly alone: EndsAlone;
}

export interface Destination {
  readonly kind: TargetKind;
  /** The host that requests name. */
  readonly host: string;
}

export const ECHO: Destination = { kind: 'echo', host: '127.0.0.1' };

/** Runs `use` on a started subject. If the subject does not start, adds a failure under `load` and returns undefined. */
export async function withDaemon<Result>(
  { peer, path, workers }: Entrant,
  { ports }: Ends,
  load: string,
  failures: Failure[],
  use: (daemon: Daemon) => Promise<Result>,
  setting?: Setting,
): Promise<Result | undefined> {
  let daemon: Daemon;
  try {
    daemon = await Daemon.start(peer, path, ports, workers, setting);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    failures.push({ subject: peer.name, load, cause: error.message, count: 1 });
    return undefined;
  }
  try {
    return await use(daemon);
  } finally {
    await daemon.stop();
  }
}

export function wayTo(
  daemon: Daemon,
  { peer }: Entrant,
  { kind, host }: Destination,
  { ports }: Ends,
  speech?: Speech,
): Way {
  if (peer.bare) return { entry: daemon.listen[kind], ask: undefined };
  return { entry: daemon.listen.echo, ask: { host, ports: ports[kind], speech } };
}

export function failuresOf(
  subject: string,
  load: string,
  outcomes: readonly Outcome[],
  daemon: Daemon,
  { target }: Ends,
): Failure[] {
  const failures: Failure[] = [];
  const add = (cause: string, count: number) => failures.push({ subject, load, cause, count });
  for (const outcome of outcomes) {
    for (const [cause, count] of Object.entries(outcome.failures)) add(cause, count);
    if (outcome.verified === 0) add('nothing was verified', 1);
  }
  const trouble = target.trouble();
  if (trouble !== undefined) add(`the target had trouble: ${trouble}`, 1);
  if (daemon.end !== undefined) add(`the subject ended with ${daemon.end}`, 1);
  return failures;
}
