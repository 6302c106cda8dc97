// What the admin actor may ask of main. What comes of it is decided elsewhere.
import type { GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import type { OpenLog } from '../process/log.js';
import { ownVersion } from '../process/own-version.js';
import type { Gateway } from './running.js';

/** Who carries out what is asked. */
export interface AskedByAdmin {
  /** Undefined until clients may come. */
  gateway(): Pick<Gateway, 'listensOn' | 'notServing' | 'steer' | 'budgetStates'> | undefined;
  /** Whether no new clients are taken. */
  isDraining(): boolean;
  reload(): Promise<object>;
  readonly log: Pick<OpenLog, 'recentLines'>;
}

export const gatewayAdmin = ({ gateway, isDraining, reload, log }: AskedByAdmin): GatewayAdmin => ({
  version: async () => ownVersion(),
  async health() {
    const { listensOn = [], notServing = [] } = gateway() ?? {};
    return { isDraining: isDraining(), listensOn, notServing };
  },
  steer: async (what) => gateway()?.steer(what),
  budgets: async () => gateway()?.budgetStates() ?? [],
  log: async (since, level, most) => log.recentLines().since(since, level, most),
  reload,
});
