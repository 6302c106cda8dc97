// What `tcproute explain` hears from the gateway that runs: what its race would do, and what it remembers. It is asked over its admin
// API, else on its socket for commands; where neither answers, nothing is known of it.
import { formatEndpoint } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Outlook } from '../../../protocol/race/outlook/outlook.js';
import { ROUTES_OCTETS_MAX } from '../../../protocol/routes/snapshot.js';
import { SNAPSHOT_PATH } from '../../../protocol/routes/start-place.js';
import type { FlowOutlook } from '../../../protocol/udp/flow-outlook.js';
import type { AskedFor } from '../../../threads/contracts/connection.js';
import type { OutlookAnswer, OutlookAsked } from '../../gateway/commands.js';
import { AdminClient } from '../admin/client.js';
import { complaintOf } from '../admin/complaint.js';
import { Part } from '../admin/part.js';
import { STATUS_PATH, TEST_PATH } from '../admin/paths.js';
import type { Found } from '../admin/place.js';
import type { KnownBudgets } from '../budgets.js';
import { post } from '../control-client.js';

/** A gateway that is stopped does not answer. */
const ANSWER_MS = 12_000;

export interface Running {
  /** Undefined where nobody says it; `outlook` is absent where no race would begin. */
  outlook(target: Target, as: AskedFor | undefined): Promise<{ readonly outlook?: Outlook } | undefined>;
  /** What a flow of datagrams would do; undefined where nobody says it. */
  flowOutlook(target: Target, as: AskedFor | undefined): Promise<FlowOutlook | undefined>;
  /** In the form of the state file; undefined where its API does not say it. */
  routes(): Promise<string | undefined>;
  /** Undefined where its API does not say it. */
  budgets(): Promise<KnownBudgets['budgets'] | undefined>;
}

/** Where its admin API is. */
export interface Api {
  readonly found: Found;
  /** By the command line: then a gateway is expected there. */
  readonly isNamed: boolean;
}

/** `api`: undefined for none. `socket`: for commands. `close` ends what is under way. */
export function runningGateway(
  api: Api | undefined,
  socket: string | null,
  warn: (sentence: string) => void,
): Running & { close(): void } {
  const isNamed = api?.isNamed === true;
  const found = api?.found.code === 'found' ? api.found : undefined;
  if (isNamed && api?.found.code === 'none') warn(api.found.why);
  const client = found && new AdminClient(found.place, found.token);
  return {
    outlook: async (target, as) =>
      (await outlookByApi(client, target, as)) ?? (await outlookBySocket(socket, target, as)),
    flowOutlook: async (target, as) =>
      (await flowByApi(client, target, as)) ?? (await flowBySocket(socket, target, as)),
    async routes() {
      const answer = await client?.text(SNAPSHOT_PATH, ROUTES_OCTETS_MAX);
      if (answer?.code === 'answered') return answer.value;
      if (isNamed && found !== undefined && answer !== undefined)
        warn(complaintOf(answer, found.place, found.token !== null).complaint);
      return undefined;
    },
    budgets: () => budgetsByApi(client),
    close: () => client?.close(),
  };
}

async function budgetsByApi(client: AdminClient | undefined): Promise<KnownBudgets['budgets'] | undefined> {
  const answer = await client?.ask(STATUS_PATH);
  if (answer?.code !== 'answered') return undefined;
  return new Part(answer.value).parts('budgets').map((budget) => ({
    ...{ name: budget.text('name') ?? '', lines: budget.texts('lines'), is_spent: budget.is('is_spent') },
    ...{ used: budget.number('bytes_used') ?? 0, bytes: budget.number('bytes_limit') ?? 0 },
    ...{ begins: budget.text('begins') ?? '', ends: budget.text('ends') ?? '' },
  }));
}

/** Which lines a user may use is known there. */
async function outlookByApi(client: AdminClient | undefined, target: Target, as: AskedFor | undefined) {
  const answer = await client?.ask(TEST_PATH, { ...queryOf(target, as), race: true });
  if (answer?.code !== 'answered') return undefined;
  const { race } = answer.value as { readonly race?: Outlook | null };
  if (race === null) return {};
  return Array.isArray(race?.lines) ? { outlook: race } : undefined;
}

function queryOf(target: Target, { ip, user, tag, listener }: AskedFor = {}) {
  return { target: formatEndpoint(target.asked, target.port), client: ip, user, tag, listener };
}

/** An earlier version refuses to be asked so, and is told by its answer. */
async function flowByApi(client: AdminClient | undefined, target: Target, as: AskedFor | undefined) {
  const answer = await client?.ask(TEST_PATH, { ...queryOf(target, as), udp: true });
  if (answer?.code !== 'answered') return undefined;
  const { flow } = answer.value as { readonly flow?: FlowOutlook | null };
  return Array.isArray(flow?.lines) ? flow : undefined;
}

async function flowBySocket(socket: string | null, target: Target, as: AskedFor | undefined) {
  const answer = await bySocket(socket, { target: formatEndpoint(target.asked, target.port), as, udp: true });
  return answer?.code === 'flow' ? answer.flow : undefined;
}

/** An earlier version knows no outlook. */
async function outlookBySocket(socket: string | null, target: Target, as: AskedFor | undefined) {
  const answer = await bySocket(socket, { target: formatEndpoint(target.asked, target.port), as });
  return answer?.code === 'outlook' ? answer : undefined;
}

async function bySocket(socket: string | null, asked: OutlookAsked): Promise<OutlookAnswer | undefined> {
  if (socket === null) return undefined;
  try {
    return JSON.parse(await post(socket, '/outlook', ANSWER_MS, JSON.stringify(asked))) as OutlookAnswer;
  } catch {
    return undefined;
  }
}
