// The fault matrix: runs every cell that was asked for, for one subject and topology after the other.
import { Progress } from '../shared/progress.js';
import type { Cell, Speech, State } from './cells/cell.js';
import { Course } from './course.js';
import type { Field } from './field/ends.js';
import { FAULTS, type Fault } from './field/faults.js';
import type { RaceOptions } from './options.js';
import type { Subject } from './subjects/subject.js';
import { SUBJECTS } from './subjects/subjects.js';
import { TOPOLOGIES, type Topology } from './subjects/topologies.js';
import { clean, dying, goodTime, lasting, together } from './trials.js';

/** The results of a subject on a topology. */
export interface Part {
  readonly subject: string;
  readonly topology: string;
  readonly cells: Cell[];
  /** Typical times (ms) of the good ways, by the number of bad ones. */
  readonly goodTimes: Map<number, number>;
  /** Why cells are missing; undefined when all went well. */
  trouble: string | undefined;
}

interface Step {
  readonly what: string;
  run(course: Course, part: Part): Promise<void>;
}

interface Plan {
  readonly subject: Subject;
  readonly topology: Topology;
  readonly steps: readonly Step[];
}

/** A quick run has all faults of proxies, but of addresses only those that look different to the program that dials. */
const QUICK_AT_ADDRESSES: readonly Fault[] = ['black-hole', 'refused', 'silent', 'reset'];

function isOpen(subject: Subject, topology: Topology, fault: Fault, quick: boolean): boolean {
  if (subject.faults !== undefined && !subject.faults.includes(fault)) return false;
  if (quick && topology.ways[0].kind === 'address' && !QUICK_AT_ADDRESSES.includes(fault)) return false;
  return !FAULTS[fault].proxyOnly || topology.ways[0].kind === 'proxy';
}

/** Other protocols and real TLS clients run with one bad way only: two would show nothing more. */
function speechesFor(subject: Subject, fault: Fault, bad: number): readonly Speech[] {
  return subject.speeches.filter((speech) => {
    if (speech === 'hello') return true;
    return bad === 1 && (speech === 'client' || FAULTS[fault].phase === 'connect');
  });
}

/** A step that keeps only cells in the states that were asked for. */
function step(what: string, states: readonly State[], cellsOf: (course: Course) => Promise<readonly Cell[]>): Step {
  return {
    what,
    async run(course, { cells }) {
      cells.push(...(await cellsOf(course)).filter(({ state }) => states.includes(state)));
    },
  };
}

function goodTimeStep(bad: number): Step {
  return { what: 'good', run: async (course, { goodTimes }) => void goodTimes.set(bad, await goodTime(course, bad)) };
}

function stepsFor(subject: Subject, topology: Topology, options: RaceOptions): Step[] {
  const states = subject.states.filter((state) => options.states.includes(state));
  // Subjects that are only measured beside the gateway are spared the cells that take longest.
  const bads = subject.asserted ? options.bad.filter((bad) => bad < topology.ways.length) : [1];
  const faults = options.faults.filter((fault) => isOpen(subject, topology, fault, options.quick));
  const steps = faults.flatMap((fault) => bads.flatMap((bad) => stepsOf(subject, fault, bad, states, options.quick)));
  const first = step('clean', subject.states, (course) => clean(course, true));
  if (options.quick) return [first, ...steps];
  const again = step('clean', subject.states, (course) => clean(course, false));
  const middle = steps.length >> 1;
  return [
    first,
    ...bads.filter((bad) => bad < topology.ways.length).map(goodTimeStep),
    ...steps.slice(0, middle),
    // All cells are compared with the clean runs. There are three: one in which the machine stalled must not excuse the cells.
    again,
    ...steps.slice(middle),
    again,
  ];
}

function stepsOf(subject: Subject, fault: Fault, bad: number, states: readonly State[], quick: boolean): Step[] {
  const speeches = speechesFor(subject, fault, bad);
  const what = `${fault} ×${bad}`;
  const blow = { fault, bad };
  if (quick && subject.asserted) return [step(what, states, (course) => together(course, blow, speeches))];
  const lasts = states.some((state) => state !== 'died');
  const dies = states.includes('died');
  return speeches.flatMap((speech) => [
    ...(lasts ? [step(what, states, (course) => lasting(course, blow, speech))] : []),
    // A winner's death is the same for a real client as for a ClientHello sent as bytes.
    ...(dies && speech !== 'client' ? [step(what, states, async (course) => [await dying(course, blow, speech)])] : []),
  ]);
}

export function planMatrix(options: RaceOptions): Plan[] {
  return SUBJECTS.filter(({ name }) => options.subjects.includes(name)).flatMap((subject) =>
    TOPOLOGIES.filter(({ name }) => subject.topologies.includes(name) && options.topologies.includes(name)).map(
      (topology) => ({ subject, topology, steps: stepsFor(subject, topology, options) }),
    ),
  );
}

/** Calls `told` with each part as soon as it is complete. */
export async function runMatrix(
  plans: readonly Plan[],
  options: RaceOptions,
  field: Field,
  hello: Uint8Array,
  told: (part: Part) => void,
): Promise<void> {
  const progress = new Progress(plans.reduce((sum, { steps }) => sum + steps.length, 0));
  try {
    for (const { subject, topology, steps } of plans) {
      const part: Part = {
        subject: subject.name,
        topology: topology.name,
        cells: [],
        goodTimes: new Map(),
        trouble: undefined,
      };
      try {
        const course = await Course.lay(subject, topology, options, field, hello);
        for (const { what, run } of steps) {
          progress.begin(`${subject.name}, ${topology.name}: ${what}`);
          await run(course, part);
          progress.step();
        }
      } catch (error) {
        part.trouble = (error as Error).message;
      }
      told(part);
    }
  } finally {
    progress.end();
  }
}
