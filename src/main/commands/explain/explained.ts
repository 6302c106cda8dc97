// What `tcproute explain` says of a target, as a value and as text: of a connection, or of a flow of datagrams.
import type { Target } from '../../../protocol/address/target.js';
import type { Configuration } from '../../../protocol/options.js';
import type { As } from './as.js';
import { type Explained, explainTarget } from './explain.js';
import { explainFlow, type FlowExplained } from './flow.js';
import { flowText } from './flow-text.js';
import type { Api } from './running.js';
import { explainText } from './text.js';

/** `tls`: a connection over which TLS is spoken. `flow`: of datagrams, or of QUIC. */
type What = 'connection' | 'tls' | 'flow' | 'quic';

type WithText<Outcome> = Outcome extends { readonly kind: 'explained' } ? Outcome & { readonly text: string } : Outcome;

interface Told {
  readonly warnings: readonly string[];
  readonly outcome: WithText<Explained['outcome'] | FlowExplained['outcome']>;
}

export async function explained(
  target: Target,
  what: What,
  { options, whereRule }: { readonly options: Configuration; readonly whereRule: (rule: number) => string },
  as: As | undefined,
  api: Api,
): Promise<Told> {
  if (what === 'flow' || what === 'quic') {
    const { warnings, outcome } = await explainFlow(target, options, whereRule, what === 'quic', as, api);
    return {
      warnings,
      outcome: outcome.kind === 'failed' ? outcome : { ...outcome, text: flowText(outcome.explanation) },
    };
  }
  const { warnings, outcome } = await explainTarget(target, what === 'tls', options, whereRule, as, api);
  return {
    warnings,
    outcome: outcome.kind === 'failed' ? outcome : { ...outcome, text: explainText(outcome.explanation) },
  };
}
