// What the running gateway can be asked for on its socket for commands. What comes of it is decided elsewhere.
import type { Target } from '../../protocol/address/target.js';
import { targetOfText } from '../../protocol/address/target.js';
import type { Outlook } from '../../protocol/race/outlook/outlook.js';
import type { FlowOutlook } from '../../protocol/udp/flow-outlook.js';
import type { AskedFor } from '../../threads/contracts/connection.js';
import { within } from '../../threads/within.js';
import type { BudgetsAnswer } from '../budgets/shown.js';
import type { Commands } from '../control/server.js';
import type { Gateway } from './running.js';

/** For names to be looked up. */
const OUTLOOK_MS = 10_000;
const PORT_USUAL = 443;

/** The body of `POST /outlook`, as JSON. */
export interface OutlookAsked {
  /** `host` or `host:port`. */
  readonly target: string;
  /** Undefined for a client of this machine. */
  readonly as?: AskedFor | undefined;
  /** What a flow of datagrams would do is asked, in place of a race. */
  readonly udp?: boolean | undefined;
}

export type OutlookAnswer =
  /** `outlook`: absent where no race would begin. */
  | { readonly code: 'outlook'; readonly outlook?: Outlook }
  | { readonly code: 'flow'; readonly flow: FlowOutlook }
  | { readonly code: 'refused'; readonly problems: readonly string[] };

/** Who carries out what is asked. */
export interface Asked {
  reload(): Promise<object>;
  upgrade(): Promise<object>;
  /** Undefined while it starts. */
  gateway(): Gateway | undefined;
}

export const commandsOf = ({ reload, upgrade, gateway }: Asked): Commands => ({
  'POST /reload': reload,
  'POST /upgrade': upgrade,
  'POST /outlook': (body) => outlookOf(gateway(), body),
  'POST /budgets': async () => budgetsOf(gateway()),
});

async function outlookOf(gateway: Gateway | undefined, body: string): Promise<OutlookAnswer> {
  const asked = parse(body);
  if (asked === undefined) return refused('it must be asked with {"target": "host:port"}');
  const [actor] = gateway?.actors() ?? [];
  if (actor === undefined) return refused('the gateway is starting or stopping');
  if (asked.isUdp) {
    const flow = await within(OUTLOOK_MS, actor.flowOutlook(asked.target, asked.as));
    return flow.code === 'answered' ? { code: 'flow', flow: flow.value } : UNANSWERED;
  }
  const answer = await within(OUTLOOK_MS, actor.outlook(asked.target, asked.as));
  if (answer.code !== 'answered') return UNANSWERED;
  return { code: 'outlook', ...(answer.value && { outlook: answer.value }) };
}

function budgetsOf(gateway: Gateway | undefined): BudgetsAnswer {
  return gateway === undefined
    ? refused('the gateway is starting or stopping')
    : { code: 'budgets', budgets: gateway.budgets() };
}

const refused = (problem: string) => ({ code: 'refused', problems: [problem] }) as const;

const UNANSWERED = refused('its connection actor did not answer');

/** Undefined for what is not an `OutlookAsked`. Names that nobody has are found out by whom they are for. */
function parse(
  body: string,
): { readonly target: Target; readonly as: AskedFor | undefined; readonly isUdp: boolean } | undefined {
  let asked: unknown;
  try {
    asked = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof asked !== 'object' || asked === null || !('target' in asked) || typeof asked.target !== 'string')
    return undefined;
  const target = targetOfText(asked.target, PORT_USUAL);
  if (target === undefined) return undefined;
  const isUdp = 'udp' in asked && asked.udp === true;
  return { target, as: 'as' in asked ? askedForIn(asked.as) : undefined, isUdp };
}

/** What is not a text or a list of texts is left out. */
function askedForIn(value: unknown): AskedFor | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text = (key: keyof AskedFor): string | undefined => {
    const one: unknown = Reflect.get(value, key);
    return typeof one === 'string' ? one : undefined;
  };
  const lines: unknown = 'lines' in value ? value.lines : undefined;
  const names = Array.isArray(lines) ? lines.filter((one) => typeof one === 'string') : undefined;
  return { ip: text('ip'), user: text('user'), tag: text('tag'), listener: text('listener'), lines: names };
}
