// The admin actor's app with a real memory of routes, real steering and real counts, and without a socket or a thread.
import type { TestContext } from 'node:test';
import type { Hono } from 'hono';
import { SteeringKeeper } from '../../../../src/main/steering/keeper.js';
import type { BudgetState } from '../../../../src/protocol/budget/budget.js';
import { lineOf } from '../../../../src/protocol/lines/line.js';
import { type Steering, UNSTEERED } from '../../../../src/protocol/steering/steering.js';
import type { ConnectionsAdmin } from '../../../../src/threads/contracts/admin/connections.js';
import type { DialAsked, Dialled } from '../../../../src/threads/contracts/admin/dial.js';
import type { GatewayAdmin } from '../../../../src/threads/contracts/admin/gateway.js';
import type { RoutesAdmin } from '../../../../src/threads/contracts/admin/routes.js';
import type { Remote } from '../../../../src/threads/port.js';
import { ActorCounts, newActorMemory } from '../../../../src/threads/shared/actor-memory.js';
import { LineBytes } from '../../../../src/threads/shared/line-bytes.js';
import { LineCounts } from '../../../../src/threads/shared/line-counts.js';
import { UdpLines } from '../../../../src/threads/shared/udp-lines.js';
import { makeApp } from '../../../../src/workers/admin/app.js';
import type { AdminParts } from '../../../../src/workers/admin/shared/parts.js';
import { routesForAdmin } from '../../../../src/workers/routes/for-admin.js';
import { KnownLines } from '../../../../src/workers/routes/known-lines.js';
import { RouteMemory } from '../../../../src/workers/routes/route-memory.js';
import { Snapshots } from '../../../../src/workers/routes/snapshots.js';
import { adminParts, Served } from '../../../helpers/admin-parts.js';
import { candidate } from '../../../helpers/candidates.js';
import { captureLog } from '../../../helpers/capture-log.js';
import { gatewayOptions } from '../../../helpers/gateway-options.js';

const SOURCE = { ip: undefined, port: 0 };
const HOP = { kind: 'socks5', host: '192.0.2.80', port: 1080, username: 'me', password: 'secret' } as const;
const LINES = [lineOf(0, 'direct', SOURCE, []), lineOf(1, 'de/1 > far', SOURCE, [HOP]), lineOf(2, 'lte', SOURCE, [])];

export interface Asked {
  readonly status: number;
  readonly body: { readonly [key: string]: never } & Record<string, unknown>;
}

export class LinesWorld {
  readonly app: Hono;
  readonly memory: RouteMemory;
  readonly lines = new KnownLines({ lines: LINES, budgets: [] });
  readonly counts: LineCounts;
  readonly bytes: LineBytes;
  budgets: readonly BudgetState[] = [];
  /** In tenths of a second. */
  tenths = 0;
  readonly udp = new UdpLines(UdpLines.create(), () => this.tenths);
  /** What a connection actor was asked to dial, and what comes of it. */
  readonly dials: DialAsked[] = [];
  dialled: Dialled = { code: 'busy' };
  /** False: it is being started again. */
  hasRoutes = true;
  steering: Steering = UNSTEERED;

  constructor(context: TestContext) {
    const base = gatewayOptions();
    const options = { ...base, lines: LINES };
    const cache = { ...base.cache, state_file: null };
    this.memory = new RouteMemory(cache, this.lines, { warn: () => {}, readOnly: false, tell: () => {} });
    const snapshots = new Snapshots(() => this.memory.encoded());
    const tell = async (steering: Steering): Promise<void> => {
      this.steering = steering;
      this.memory.setPins(steering.pins);
    };
    const keeper = new SteeringKeeper(LINES, { tell, log: captureLog().log });
    const served = new Served();
    const gateway = served.remote<Pick<GatewayAdmin, 'steer' | 'budgets'>>({
      steer: (what) => keeper.change(what),
      budgets: async () => this.budgets,
    });
    const remote = served.remote<RoutesAdmin>(
      routesForAdmin({
        ...{ memory: this.memory, lines: this.lines, snapshots, steering: () => this.steering, tell: () => {} },
        reported: async () => {},
      }),
    );
    const actor = served.remote<Pick<ConnectionsAdmin, 'dial'>>({
      dial: async (asked) => {
        this.dials.push(asked);
        return this.dialled;
      },
    });
    const memory = newActorMemory(0);
    this.counts = new LineCounts(memory.lineCounts);
    this.bytes = new LineBytes(memory.lineBytes);
    this.app = makeApp(
      adminParts({
        options: () => options,
        gateway: gateway as AdminParts['gateway'],
        connections: () => new Map([[0, actor as Remote<ConnectionsAdmin>]]),
        routes: () => (this.hasRoutes ? remote : undefined),
        counts: () => new ActorCounts([memory]),
        udpLines: this.udp,
      }),
    );
    context.after(async () => {
      await this.memory.close();
      await served.close();
    });
  }

  learn(destination: string, line: number, connect_ms = 20): void {
    this.memory.learn({ destination, event: { ...candidate(line), kind: 'connected', connect_ms } });
  }

  async ask(method: string, path: string, body?: object): Promise<Asked> {
    const response = await this.app.request(path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    return { status: response.status, body: (await response.json()) as Asked['body'] };
  }
}
