// What each cell of the matrix does. The subject is started for each cell, so that it knows nothing from an earlier one; what
// it learns within a cell is its own merit.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell, Speech } from './cells/cell.js';
import { sampleOf } from './cells/sample.js';
import { type Course, FRESH, type Measured, REQUESTS_MIN } from './course.js';
import type { Fault } from './field/faults.js';
import type { WayCounts } from './field/messages.js';

/** Number of deaths that share a cell's requests: the subject must not learn from one death how to pass all of them. */
const DEATHS = 5;
/** How often a destination is asked for before its winner dies. */
const LIVELY_PASSES = 4;
const LIVELY_PASSES_QUICK = 2;
/** Share of a cell's requests that measure the usual time of the good ways. */
const GOOD_SHARE = 0.1;

/** A fault, and how many of the best ways get it. */
export interface Blow {
  readonly fault: Fault;
  readonly bad: number;
}

/** The requests after a death, and the share of destinations whose winner got the fault. */
interface Death {
  readonly measured: Measured;
  readonly struck: number;
}

/** No fault. The first run also gives the course the order in which the ways usually win. */
export function clean(course: Course, firstTime: boolean): Promise<Cell[]> {
  const requests = course.requests('hello');
  return course.running(course.order, async (entry) => {
    await course.warmUp(entry);
    const first = await course.measure(entry, 'hello', FRESH, requests);
    if (firstTime) course.order = byAnswers(first.counts, course.order);
    const remembered = await course.measure(entry, 'hello', FRESH, requests);
    return [
      course.cell({ state: 'first' }, sampleOf(first.visits), first.dials),
      course.cell({ state: 'remembered' }, sampleOf(remembered.visits), remembered.dials),
    ];
  });
}

/** The typical time of the other ways when the `bad` best ones are left out of the subject's configuration. */
export function goodTime(course: Course, bad: number): Promise<number> {
  const requests = Math.max(REQUESTS_MIN, Math.ceil(course.options.requests * GOOD_SHARE));
  return course.running(course.order.slice(bad), async (entry) => {
    await course.warmUp(entry);
    return sampleOf((await course.measure(entry, 'hello', FRESH, requests)).visits).p50;
  });
}

/** A fault from the first contact on: first contacts, then the same destinations again. */
export function lasting(course: Course, blow: Blow, speech: Speech): Promise<Cell[]> {
  return course.suffering(async (entry) => {
    await course.warmUp(entry);
    await course.suffer(blow.fault, course.order.slice(0, blow.bad));
    await sleep(course.subject.settle_ms);
    return contacts(course, entry, blow, speech);
  });
}

/** A fault that the winner gets when it is remembered: the next request to each destination. */
export async function dying(course: Course, blow: Blow, speech: Speech): Promise<Cell> {
  const requests = Math.ceil(course.requests(speech) / DEATHS);
  const deaths: Death[] = [];
  for (let death = 0; death < DEATHS; death += 1) {
    const one = await course.suffering(async (entry) => {
      const [struck] = await strike(course, entry, blow, [speech], requests);
      return die(course, entry, speech, requests, struck);
    });
    deaths.push(one);
  }
  return dead(course, blow, speech, deaths);
}

/** All of these cells with one start of the subject, for a run that asserts no times. */
export function together(course: Course, blow: Blow, speeches: readonly Speech[]): Promise<Cell[]> {
  const requests = course.requests('hello');
  const mortal = speeches.filter((speech) => speech !== 'client');
  return course.suffering(async (entry) => {
    const struck = await strike(course, entry, blow, mortal, requests);
    const cells: Cell[] = [];
    for (const [index, speech] of mortal.entries()) {
      cells.push(dead(course, blow, speech, [await die(course, entry, speech, requests, struck[index])]));
    }
    for (const speech of speeches) cells.push(...(await contacts(course, entry, blow, speech)));
    return cells;
  });
}

async function contacts(course: Course, entry: number, blow: Blow, speech: Speech): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const state of ['first', 'remembered'] as const) {
    const { visits, dials } = await course.measure(entry, speech, FRESH, course.requests(speech));
    cells.push(course.cell({ ...blow, state, speech }, sampleOf(visits), dials));
  }
  return cells;
}

/** The first destination of those whose winner dies; first contacts have other destinations. */
const mortals = ({ options }: Course): number => FRESH + options.requests;

/** Lets the winners be remembered and then strikes them. Returns, for each speech, the share of destinations that it hits. */
async function strike(
  course: Course,
  entry: number,
  { fault, bad }: Blow,
  speeches: readonly Speech[],
  requests: number,
): Promise<number[]> {
  await course.warmUp(entry);
  const from = mortals(course);
  const passes = course.options.quick ? LIVELY_PASSES_QUICK : LIVELY_PASSES;
  const lively: Measured[] = [];
  for (const speech of speeches) {
    for (let pass = 1; pass < passes; pass += 1) await course.measure(entry, speech, from, requests);
    lively.push(await course.measure(entry, speech, from, requests));
  }
  const struck = byAnswers(lively[0].counts, course.order).slice(0, bad);
  await course.suffer(fault, struck);
  return lively.map(({ counts }) => struck.reduce((sum, way) => sum + counts[way].answered, 0) / requests);
}

async function die(course: Course, entry: number, speech: Speech, requests: number, struck: number): Promise<Death> {
  return { measured: await course.measure(entry, speech, mortals(course), requests), struck };
}

function dead(course: Course, blow: Blow, speech: Speech, deaths: readonly Death[]): Cell {
  const sample = sampleOf(deaths.flatMap(({ measured }) => measured.visits));
  const dials = deaths.reduce((sum, { measured }) => sum + measured.dials, 0);
  const struck = deaths.reduce((sum, death) => sum + death.struck, 0) / deaths.length;
  return course.cell({ ...blow, state: 'died', speech, struck }, sample, dials);
}

/** Sorts ways by how often they answered; equals keep their order. */
function byAnswers(counts: readonly WayCounts[], order: readonly number[]): number[] {
  return [...order].sort((a, b) => counts[b].answered - counts[a].answered);
}
