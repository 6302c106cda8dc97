// Destinations that an operator has pinned to a line.
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';
import { fields } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';
import { LineName } from '../lines/schemas.js';
import { steer } from '../lines/steer.js';
import { keyOf, namesOf, ROUTE_ACTOR } from './routes.js';
import { Destination, Pinned, Pins } from './schemas.js';

const ITS_KEY = fields({ destination: Destination });

const noTarget = (text: string) =>
  refused(400, `parameter "destination": ${JSON.stringify(text)} is no destination; allowed: host or host:port`);

export const PINS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/routes/pins',
    summary: 'What is pinned: destinations, and the line to which all connections are',
    answer: Pins,
    async handle(_, parts) {
      const known = await told(ROUTE_ACTOR, parts.routes()?.lines());
      if (known.code !== 'told') return known;
      const { pinned, pins } = known.value.steering;
      const nameOf = namesOf(parts);
      return answered({
        pinned: (pinned === undefined ? undefined : nameOf(pinned)) ?? null,
        destinations: pins.flatMap(({ destination, line: number }) => {
          const line = nameOf(number);
          return line === undefined ? [] : [{ destination, line }];
        }),
      });
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/api/v1/routes/{destination}/pin',
    summary: 'Connections to the destination that may use the line use no other, also while it fails',
    params: ITS_KEY,
    body: fields({ line: LineName }),
    answer: Pinned,
    async handle({ params: { destination: text }, body: { line } }, parts) {
      const destination = keyOf(text);
      if (destination === undefined) return noTarget(text);
      const steered = await steer(parts, { kind: 'pin-destination', destination, line });
      return steered.code === 'steered' ? answered({ changed: steered.changed, destination, line }) : steered;
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/v1/routes/{destination}/pin',
    summary: 'The destination is no longer pinned to a line',
    params: ITS_KEY,
    answer: Pinned,
    async handle({ params: { destination: text } }, parts) {
      const destination = keyOf(text);
      if (destination === undefined) return noTarget(text);
      const steered = await steer(parts, { kind: 'unpin-destination', destination });
      return steered.code === 'steered' ? answered({ changed: steered.changed, destination, line: null }) : steered;
    },
  }),
];
