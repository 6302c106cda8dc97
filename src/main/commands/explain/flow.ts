// `tcproute explain --udp TARGET`: by which lines a flow of datagrams would go, and why. It sends none: the gateway that runs is
// asked, or else a gateway of its own, which starts from copies of the state files.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatEndpoint } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Configuration, Options } from '../../../protocol/options.js';
import type { FlowOutlook } from '../../../protocol/udp/flow-outlook.js';
import { within } from '../../../threads/within.js';
import { startGateway } from '../../gateway/gateway.js';
import type { Gateway } from '../../gateway/running.js';
import { type As, askedFor } from './as.js';
import type { OutlookOf } from './before.js';
import { placesOf, ruledFor, userLinesOf } from './explain.js';
import { ownOptions, remembered } from './own-gateway.js';
import { type QuicStart, quicStarts } from './quic-starts.js';
import { type Api, runningGateway } from './running.js';
import { Said } from './said.js';

/** Added to the time for which names may be looked up. */
const GRACE_MS = 2000;

export interface FlowExplanation {
  readonly target: string;
  /** The place of the rule that is for the target and the client, as far as this is known before a name is resolved. */
  readonly ruled_by?: string;
  /** The places of the rules before it that are for the target, but for other clients. */
  readonly passed_over?: readonly string[];
  /** The names of the lines that the user may use, where those are not all. */
  readonly user_lines?: readonly string[];
  readonly flow: FlowOutlook;
  readonly flow_of: OutlookOf;
  /** When the first flight of a QUIC connection would go out; absent where that was not asked. */
  readonly quic?: readonly QuicStart[];
  /** Whether a line would carry it. */
  readonly usable: boolean;
}

export interface FlowExplained {
  /** The warnings of the gateway. */
  readonly warnings: readonly string[];
  readonly outcome:
    | { readonly kind: 'explained'; readonly explanation: FlowExplanation }
    | { readonly kind: 'failed'; readonly reason: string };
}

/** For the parameters see `explainTarget`. */
export async function explainFlow(
  target: Target,
  asked: Configuration,
  whereRule: (rule: number) => string,
  isQuic: boolean,
  as?: As,
  api?: Api,
): Promise<FlowExplained> {
  const said = new Said();
  if (!asked.udp.enabled) return { warnings: [], outcome: { kind: 'failed', reason: 'udp.enabled is false' } };
  const folder = await mkdtemp(join(tmpdir(), 'tcproute-explain-'));
  const running = runningGateway(api, asked.control_socket, said.warn);
  try {
    const live = await running.flowOutlook(target, as && askedFor(as, asked));
    const own = await remembered(asked, await running.routes(), target, folder, said);
    const started = await startGateway({ ...ownOptions(asked), ...own }, said.log);
    if (started.code === 'failed')
      return { warnings: said.warnings, outcome: { kind: 'failed', reason: started.message } };
    const { gateway } = started;
    try {
      await within(GRACE_MS, gateway.routesKnown());
      const ruled = await ruledFor(gateway, target, as);
      const flow = live ?? (await flowOf(gateway, target, asked.dns));
      if (flow === undefined)
        return { warnings: said.warnings, outcome: { kind: 'failed', reason: 'the gateway did not answer' } };
      const explanation: FlowExplanation = {
        target: formatEndpoint(target.asked, target.port),
        ...placesOf(ruled, whereRule),
        ...userLinesOf(as, asked),
        ...{ flow, flow_of: live === undefined ? 'own' : 'running' },
        ...(isQuic ? { quic: quicStarts(flow) } : {}),
        usable: flow.refused === undefined,
      };
      return { warnings: said.warnings, outcome: { kind: 'explained', explanation } };
    } finally {
      await gateway.close(GRACE_MS);
    }
  } finally {
    running.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** `ruledFor` has told the gateway for whom it is. */
async function flowOf(gateway: Gateway, target: Target, { try_timeout_ms, timeout_ms }: Options['dns']) {
  const [actor] = gateway.actors();
  if (actor === undefined) return undefined;
  const answer = await within(try_timeout_ms + timeout_ms + GRACE_MS, actor.flowOutlook(target));
  return answer.code === 'answered' ? answer.value : undefined;
}
