// One measured dial over a line.
import { Type } from 'typebox';
import { describe } from '../../../../protocol/race/failure.js';
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';
import { fields, oneOf, orNull } from '../../endpoint/schemas.js';
import { delay, targetText, wantedOf } from '../../shared/delay.js';
import { LineName } from './schemas.js';
import { noSuchLine } from './steer.js';

const TIMEOUT_USUAL_MS = 5000;

const Measured = fields({
  line: LineName,
  target: Type.String(),
  outcome: oneOf(['connected', 'answered', 'unanswered', 'failed'] as const),
  address: orNull(Type.String({ description: 'That was dialled: of the target, or of the first proxy' })),
  connect_ms: orNull(Type.Number({ minimum: 0 })),
  first_byte_ms: orNull(Type.Number({ minimum: 0, description: 'From the request to the first byte of the answer' })),
  cause: orNull(Type.String()),
  sentence: orNull(Type.String({ description: 'Why it failed' })),
});

const hundredths = (time_ms: number): number => Math.round(time_ms * 100) / 100;

const NOTHING = { address: null, connect_ms: null, first_byte_ms: null, cause: null, sentence: null } as const;

export const DELAY: Endpoint = endpoint({
  method: 'POST',
  path: '/api/v1/lines/{name}/delay',
  summary: 'One measured dial of a target over the line, also where that is paused; nothing is learned of it',
  params: fields({ name: LineName }),
  body: fields({
    target: Type.String({
      ...{ minLength: 1, maxLength: 2048 },
      description: '`host:port`, or a URL; a page of http:// is asked for its head',
    }),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 100, maximum: 30_000, default: TIMEOUT_USUAL_MS })),
  }),
  answer: Measured,
  async handle({ params: { name }, body: { target: text, timeout_ms = TIMEOUT_USUAL_MS } }, parts) {
    const line = parts.options().lines.find((one) => one.name === name);
    if (line === undefined) return noSuchLine(name);
    const wanted = wantedOf(text);
    if (wanted === undefined)
      return refused(
        400,
        `body "target": ${JSON.stringify(text)} is no target; allowed: host:port, or a URL of http or https`,
      );
    const told = await delay(parts, line, wanted, timeout_ms);
    if (told.code !== 'answered') return refused(503, 'no connection actor has answered');
    const { value } = told;
    const said = { line: name, target: targetText(wanted.target), ...NOTHING };
    switch (value.code) {
      case 'busy':
        return refused(503, 'too many dials are under way: try again in a moment');
      case 'failed':
        return answered({
          ...{ ...said, outcome: value.code, address: value.address ?? null },
          ...{ cause: value.failure.code, sentence: describe(value.failure) },
        });
      case 'connected':
      case 'unanswered':
        return answered({
          ...said,
          outcome: value.code,
          address: value.address,
          connect_ms: hundredths(value.connect_ms),
        });
      case 'answered': {
        const { code, address, connect_ms, first_byte_ms } = value;
        const took = { connect_ms: hundredths(connect_ms), first_byte_ms: hundredths(first_byte_ms) };
        return answered({ ...said, outcome: code, address, ...took });
      }
      default:
        return value satisfies never;
    }
  },
});
