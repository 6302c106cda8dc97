// The shapes of what a gateway shares with the others of its site.
import { Type } from 'typebox';
import { ENGINE_STATES } from '../../../../threads/contracts/admin/share.js';
import { Count, fields, oneOf, orNull, Times } from '../../endpoint/schemas.js';

const Counts = (description: string) => Type.Record(Type.String(), Count, { description });
const count = (description: string) => Type.Integer({ minimum: 0, description });
const Age = Type.Number({ minimum: 0 });

const Engine = fields({
  state: oneOf(ENGINE_STATES),
  for_ms: Type.Number({ minimum: 0, description: 'For how long it has been so' }),
  kind: oneOf(['single', 'cluster', 'sentinel']),
  place: Type.String({ description: 'Where the gateway is connected, or was at last' }),
  server: Type.Union([Type.String(), Type.Null()], { description: 'Such as `redis 7.0.15`' }),
  fault: Type.Union([Type.String(), Type.Null()], { description: 'What is wrong, in a word; null where nothing is' }),
  detail: Type.Union([Type.String(), Type.Null()], { description: 'The same as a sentence' }),
  connects: Count,
  round_trips: Count,
  commands: Count,
  bytes_sent: Count,
  bytes_received: Count,
  times: Times,
  faults: Counts('Connections that failed or ended, and replies that were faults, by what was wrong'),
  dropped: count('Questions that were not sent, since the engine was away or too much was under way'),
  late: count('Questions that were not answered in their time'),
  writes_dropped: count('Writes that were given up'),
  writes_waiting: count('Writes that wait for the engine now'),
});

const Routes = fields({
  asked: count('Destinations of first contacts that the engine was to be asked for'),
  found: count('Those of which another gateway knew something'),
  missed: count('Those of which none did'),
  missed_known: count('Those of which that was known, so that nobody was asked'),
  dropped: count('Those that were not asked for in time, as while the engine is away'),
  unanswered: count('Those that the engine did not answer in time'),
  refused: count('Values that no gateway of the site has written there, or that are damaged'),
  written: count('Values that were given to the engine'),
});

const Hints = fields({
  asked: count('First contacts of which connection actors asked what other gateways know'),
  told: count('Hints that came'),
  too_late: count('Those that came when the race had begun to dial'),
  first: count('First contacts that began with the line of a hint'),
  useful: count('Those over whose line an answer then came'),
});

const News = fields({
  told: Count,
  read: Counts('News that were believed, by what they tell'),
  refused: Counts('News that were not, by why'),
  read_age_ms: orNull(Age),
});

const Limits = fields({
  on_loss: oneOf(['local-share', 'allow', 'deny'], 'What holds while the engine is away and the leases have run out'),
  is_lost: Type.Boolean({ description: 'Whether that holds now' }),
  leases: count('Leases that are held now'),
  claimed: Count,
  refused: count('Claims that the site has nothing left for'),
  unanswered: count('Questions to the engine to which no answer came'),
});

const Gateway = fields({
  name: Type.String(),
  is_own: Type.Boolean({ description: 'It is the gateway that answers' }),
  is_known: Type.Boolean({ description: '`share.gateways` names it, so that its news are believed' }),
  is_present: Type.Boolean({ description: 'It has told of itself in the last half minute' }),
  version: orNull(Type.String()),
  uptime_s: orNull(Count),
  age_ms: Type.Union([Age, Type.Null()], { description: 'How long ago it has told this' }),
  open: Type.Union([Count, Type.Null()], { description: 'Connections that are open' }),
  lines: orNull(Count),
  lines_up: orNull(Count),
  counts: Counts('Since its start; which ones there are depends on its version'),
});

export const Fleet = fields({
  site: Type.Union([Type.String(), Type.Null()], { description: 'Null: the gateway shares nothing' }),
  gateway: orNull(Type.String()),
  engine: orNull(Engine),
  routes: orNull(Routes),
  hints: Type.Union([Hints, Type.Null()], { description: 'Of connection actors, since the start of the process' }),
  news: orNull(News),
  limits: orNull(Limits),
  gateways: Type.Union([Type.Array(Gateway), Type.Null()], {
    description: 'Of the site; null while the engine does not answer',
  }),
});
