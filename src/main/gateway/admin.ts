// What the admin actor may ask of main. What comes of it is decided elsewhere.
import type { GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import type { OpenLog } from '../process/log.js';
import { ownVersion } from '../process/own-version.js';
import type { Reloaded, Reloading } from '../reload/reloading.js';
import type { Gateway } from './running.js';

/** Who carries out what is asked. */
export interface AskedByAdmin {
  reload(): Promise<Reloaded>;
  /** Undefined until clients may come. */
  gateway(): Pick<Gateway, 'listensOn' | 'notServing' | 'steer' | 'budgetStates' | 'allBudgets' | 'status'> | undefined;
  /** Whether no new clients are taken. */
  isDraining(): boolean;
  /** Undefined while the gateway starts. */
  reloading(): Reloading | undefined;
  readonly log: Pick<OpenLog, 'recentLines'>;
}

export const gatewayAdmin = ({ reload, gateway, isDraining, reloading, log }: AskedByAdmin): GatewayAdmin => ({
  version: async () => ownVersion(),
  async health() {
    const { listensOn = [], notServing = [] } = gateway() ?? {};
    return { isDraining: isDraining(), listensOn, notServing };
  },
  steer: async (what) => gateway()?.steer(what),
  budgets: async () => gateway()?.budgetStates() ?? [],
  allBudgets: async (user, users_max) => gateway()?.allBudgets(user, users_max) ?? { users: 0, budgets: [] },
  log: async (since, levels, most) => log.recentLines().since(since, levels, most),
  status: async () => gateway()?.status(isDraining()),
  reload,
  async configuration() {
    const now = reloading();
    return now && { file: now.written.file ?? null, values: now.effect };
  },
  async placesOfRules(rules) {
    const whereRule = reloading()?.written.whereRule ?? ((rule: number) => `rules[${rule}]`);
    return rules.map(whereRule);
  },
  async setLogLevel(level) {
    const now = reloading();
    return now === undefined ? { code: 'starting' } : { code: 'set', before: await now.setLogLevel(level) };
  },
});
