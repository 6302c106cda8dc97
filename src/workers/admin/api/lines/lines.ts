// Lines: how they are, and what an operator sets of them.
import type { NamedChange } from '../../../../protocol/steering/named.js';
import { answered, type Endpoint, endpoint } from '../../endpoint/endpoint.js';
import { fields } from '../../endpoint/schemas.js';
import { DELAY } from './delay.js';
import { type LineParts, look } from './look.js';
import { LineName, LineState, Lines, Steered } from './schemas.js';
import { noSuchLine, steer } from './steer.js';

const ITS_NAME = fields({ name: LineName });

async function one(parts: LineParts, name: string) {
  const looked = await look(parts, (line) => line.name === name);
  if (looked.code !== 'looked') return looked;
  const [line] = looked.lines;
  return line === undefined ? noSuchLine(name) : answered(line);
}

/** An endpoint that sets something of a line. */
const setting = (verb: string, summary: string, change: (line: string) => NamedChange): Endpoint =>
  endpoint({
    ...{ method: 'POST', path: `/api/v1/lines/{name}/${verb}`, summary, params: ITS_NAME, answer: Steered },
    async handle({ params: { name } }, parts) {
      const steered = await steer(parts, change(name));
      if (steered.code !== 'steered') return steered;
      const line = await one(parts, name);
      return line.code === 'answered' ? answered({ changed: steered.changed, line: line.answer }) : line;
    },
  });

export const LINES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/lines',
    summary: 'All lines: how they are, what is set of them, and what they have done since the gateway began',
    answer: Lines,
    async handle(_, parts) {
      const looked = await look(parts);
      if (looked.code !== 'looked') return looked;
      const { lines, steering } = looked;
      const pinned = lines.find((line) => line.pinned)?.line ?? null;
      return answered({ lines: [...lines], pinned, pins: steering.pins.length });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/v1/lines/{name}',
    summary: 'One line',
    params: ITS_NAME,
    answer: LineState,
    handle: ({ params: { name } }, parts) => one(parts, name),
  }),
  DELAY,
  setting('pause', 'No new connection uses the line; live ones go on', (line) => ({ kind: 'pause', line })),
  setting('resume', 'Connections may use the line again', (line) => ({ kind: 'resume', line })),
  setting('pin', 'Connections that may use the line use no other, also while it fails', (line) => ({
    kind: 'pin',
    line,
  })),
  endpoint({
    method: 'POST',
    path: '/api/v1/lines/{name}/unpin',
    summary: 'Connections are no longer pinned to the line',
    params: ITS_NAME,
    answer: Steered,
    async handle({ params: { name } }, parts) {
      const before = await one(parts, name);
      if (before.code !== 'answered') return before;
      if (!before.answer.pinned) return answered({ changed: false, line: before.answer });
      const steered = await steer(parts, { kind: 'unpin' });
      if (steered.code !== 'steered') return steered;
      const line = await one(parts, name);
      return line.code === 'answered' ? answered({ changed: steered.changed, line: line.answer }) : line;
    },
  }),
];
