// What lines and users may carry in a month, and what they have carried.
import { Type } from 'typebox';
import { answered, type Endpoint, endpoint } from '../../endpoint/endpoint.js';
import { Count, fields, oneOf } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';

/** Users in one answer. */
const USERS_MAX = 1000;

const Day = Type.String({ description: 'Of the local calendar, such as `2026-11-30`' });

const Budget = fields({
  of: oneOf(['lines', 'user'], '`lines`: of a part of the upstream tree'),
  name: Type.String({ description: 'The name of the part, or of the user' }),
  bytes_used: Type.Integer({ minimum: 0, description: 'Both directions together' }),
  bytes_limit: Count,
  is_spent: Type.Boolean(),
  begins: Day,
  ends: Type.String({ description: 'The day on which the next month begins' }),
  lines: Type.Array(Type.String(), { description: 'The lines that share it; of a user none' }),
});

export const BUDGETS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/budgets',
    summary: 'What lines and users may carry in a month, and have carried: of users those first that have least left',
    query: fields({
      user: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Only this user' })),
    }),
    answer: fields({
      users: Type.Integer({ minimum: 0, description: `Users with a limit; at most ${USERS_MAX} are listed` }),
      budgets: Type.Array(Budget),
    }),
    async handle({ query: { user } }, { gateway }) {
      const said = await told('the main thread', gateway.allBudgets(user, USERS_MAX));
      return said.code === 'told' ? answered(said.value) : said;
    },
  }),
];
