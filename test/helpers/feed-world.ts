// What a feed asks: a connection actor with records, a route actor with lines, and main with lines of the log.

import { RecentLines } from '../../src/main/process/recent-lines.js';
import type { ConnectionsAdmin } from '../../src/threads/contracts/admin/connections.js';
import type { GatewayAdmin } from '../../src/threads/contracts/admin/gateway.js';
import type { LineNow, LinesNow, RoutesAdmin } from '../../src/threads/contracts/admin/routes.js';
import type { AdminParts } from '../../src/workers/admin/shared/parts.js';
import { connectionsAdmin } from '../../src/workers/connection/admin/serve-admin.js';
import { adminParts, Served } from './admin-parts.js';
import { defaultOptions } from './default-options.js';
import { RecordsWorld } from './records-world.js';
import { FlowsWorld } from './udp/flows-world.js';

const dial = (): never => {
  throw new Error('nothing is dialled');
};

export class FeedWorld {
  readonly own = new RecordsWorld(200, 200);
  readonly flows = new FlowsWorld({ live_max: 200, ended_max: 200, actor: 0 });
  readonly served = new Served();
  readonly log = new RecentLines();
  readonly parts: AdminParts;
  lines: LinesNow = { lines: [], steering: { paused: [], pinned: undefined, pins: [] } };
  /** How often the connection actor was asked, and whether it was to tell of connections. */
  asked = 0;
  flowsAsked = 0;
  mostAsked = 0;

  constructor() {
    const { records, names } = this.own;
    const served = connectionsAdmin({
      ...{ actor: 0, records, names, watch: () => {}, dial, testRules: dial },
      flowBook: this.flows.book,
    });
    const connections = this.served.remote<ConnectionsAdmin>({
      ...served,
      news: async (since, most) => {
        this.asked += 1;
        this.mostAsked = Math.max(this.mostAsked, most);
        return served.news(since, most);
      },
      flowNews: async (since, most) => {
        this.flowsAsked += 1;
        return served.flowNews(since, most);
      },
    });
    const routes = this.served.part<RoutesAdmin>({ lines: async () => this.lines });
    const gateway = this.served.part<GatewayAdmin>({
      log: async (since, levels, most) => this.log.since(since, levels, most),
    });
    const options = defaultOptions();
    const around = { options: () => options, gateway, routes: () => routes };
    this.parts = adminParts({ ...around, connections: () => new Map([[0, connections]]) });
  }

  /** A line as it is, or with what is changed. */
  line(name: string, changes: Partial<LineNow> = {}): LineNow {
    const fine = { tier: 0, answers_early: false, is_dead: false, is_doubted: false, spent_budgets: 0 };
    return { line: 0, name, ...fine, ...changes };
  }

  says(msg: string, level = 30, more: object = {}): void {
    this.log.add(level, `${JSON.stringify({ level: 'any', time: '2030-01-01T00:00:00.000Z', ...more, msg })}\n`);
  }

  close(): Promise<void> {
    return this.served.close();
  }
}
