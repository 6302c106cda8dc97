// Measures lines for a dashboard for Clash: how long a page takes over each, in ms. Nothing is learned of it.
import type { Line } from '../../../protocol/lines/line.js';
import { delay, type Wanted, wantedOf } from '../shared/delay.js';
import type { AdminParts } from '../shared/parts.js';
import { groupNames } from './groups.js';

/** What dashboards ask for where nothing else is set. */
const URL_USUAL = 'http://www.gstatic.com/generate_204';
const TIMEOUT_MS = 5000;
const TIMEOUT_MS_MAX = 30_000;
/** Lines that are measured at a time. */
const AT_A_TIME = 8;

export type Measured =
  /** By name, those that have answered. */
  | { readonly code: 'measured'; readonly delays: ReadonlyMap<string, number> }
  | { readonly code: 'refused'; readonly status: 400 | 404; readonly message: string };

type DelayParts = Pick<AdminParts, 'options' | 'connections'>;

/** Of a line, or of the quickest line of a group. */
export async function delayOf(
  parts: DelayParts,
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<Measured> {
  const { lines } = parts.options();
  const isGroup = Object.values(groupNames(lines.map((line) => line.name))).includes(name);
  const chosen = isGroup ? lines : lines.filter((line) => line.name === name);
  if (chosen.length === 0) return { code: 'refused', status: 404, message: 'Resource not found' };
  const measured = await delaysOf(parts, chosen, query);
  if (measured.code === 'refused' || measured.delays.size === 0) return measured;
  return { code: 'measured', delays: new Map([[name, Math.min(...measured.delays.values())]]) };
}

export async function delaysOf(
  parts: DelayParts,
  lines: readonly Line[],
  { url = URL_USUAL, timeout = `${TIMEOUT_MS}` }: Readonly<Record<string, string>>,
): Promise<Measured> {
  const wanted = wantedOf(url);
  const timeout_ms = /^\d{1,5}$/.test(timeout) ? Number(timeout) : 0;
  if (wanted === undefined || timeout_ms === 0) return { code: 'refused', status: 400, message: 'Body invalid' };
  const delays = new Map<string, number>();
  const left = [...lines];
  const work = async (): Promise<void> => {
    for (let line = left.shift(); line !== undefined; line = left.shift()) {
      const took_ms = await measure(parts, line, wanted, Math.min(timeout_ms, TIMEOUT_MS_MAX));
      if (took_ms !== undefined) delays.set(line.name, took_ms);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { code: 'measured', delays };
}

/** With the first byte of the answer, where there is one; 0 means to a dashboard that it does not work. */
async function measure(parts: DelayParts, line: Line, wanted: Wanted, timeout_ms: number): Promise<number | undefined> {
  const told = await delay(parts, line, wanted, timeout_ms);
  if (told.code !== 'answered') return undefined;
  const { value } = told;
  if (value.code === 'answered') return atLeastOne(value.connect_ms + value.first_byte_ms);
  return value.code === 'connected' ? atLeastOne(value.connect_ms) : undefined;
}

const atLeastOne = (ms: number): number => Math.max(1, Math.round(ms));
