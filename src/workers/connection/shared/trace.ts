// What is logged at level trace: each step of each attempt, for a person who looks for what goes wrong on the way. It says
// how many bytes a hop was sent and has answered, never which: a password may be among them. Where the level is another one
// there is no Trace, and a step costs the question whether there is.
import { formatEndpoint, formatIp } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import type { RemoteLog } from '../../../threads/log.js';

/** The attempt whose step it is. */
interface Stepping {
  readonly candidate: Candidate;
  readonly line: { readonly name: string };
}

export class Trace {
  readonly #log: Pick<RemoteLog, 'write'>;

  constructor(log: Pick<RemoteLog, 'write'>) {
    this.#log = log;
  }

  step({ candidate, line }: Stepping, target: Target, step: string, fields: Readonly<Record<string, unknown>> = {}) {
    const which = {
      target: formatEndpoint(target.host, target.port),
      line: line.name,
      address: formatIp(candidate.ip),
    };
    this.#log.write('trace', { ...which, ...fields }, `attempt: ${step}`);
  }
}
