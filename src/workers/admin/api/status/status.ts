// What runs.
import { Type } from 'typebox';
import { within } from '../../../../threads/within.js';
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';

const ANSWER_MS = 2000;

const Version = Type.Object({ version: Type.String({ description: 'The version of the program' }) });

export const STATUS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/version',
    summary: 'The version of the gateway',
    answer: Version,
    async handle(_, { gateway }) {
      const told = await within(ANSWER_MS, gateway.version());
      if (told.code !== 'answered') return refused(503, 'the main thread did not answer in time');
      return answered({ version: told.value });
    },
  }),
];
