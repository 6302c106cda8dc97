// Asks the running gateway for its state, once or twice.
import { setTimeout } from 'node:timers/promises';
import type { AdminClient } from '../admin/client.js';
import type { NotAnswered } from '../admin/looked.js';
import { Part } from '../admin/part.js';
import { LINES } from '../lists/lines.js';
import type { Sample } from './overview.js';

export type Sampled = { readonly code: 'sampled'; readonly sample: Sample; readonly value: unknown } | NotAnswered;

export async function sampled(client: AdminClient): Promise<Sampled> {
  const answer = await client.ask('/api/v1/status');
  if (answer.code !== 'answered') return answer;
  return { code: 'sampled', sample: { at: performance.now(), status: new Part(answer.value) }, value: answer.value };
}

/** Between two looks that tell rates. */
const APART_MS = 1000;

export type Twice =
  | { readonly code: 'sampled'; readonly before: Sample; readonly now: Sample; readonly value: unknown }
  | NotAnswered;

export async function sampledTwice(client: AdminClient): Promise<Twice> {
  const first = await sampled(client);
  if (first.code !== 'sampled') return first;
  await setTimeout(APART_MS);
  const second = await sampled(client);
  if (second.code !== 'sampled') return second;
  return { code: 'sampled', before: first.sample, now: second.sample, value: second.value };
}

/** Undefined where they are not told. */
export async function linesOf(client: AdminClient): Promise<readonly Part[] | undefined> {
  const answer = await client.ask(LINES.path);
  return answer.code === 'answered' ? new Part(answer.value).parts(LINES.rows) : undefined;
}
