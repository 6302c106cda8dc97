// What asking the proxies of lines for associations tells, for all who go over these lines: whether they relay datagrams, and
// whether they can be reached, which counts for connections, too. It is the same dial of the same proxy, so a failed one is the same
// evidence as a failed attempt of a race (race/known/destination.ts). An operator hears of what fails.
import { formatEndpoint, formatIp } from '../../../../protocol/address/address.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import type { Notice } from '../../../../protocol/notices/notice.js';
import { FAILURES, type Failure } from '../../../../protocol/race/failure.js';
import type { UdpLines } from '../../../../threads/shared/udp-lines.js';
import type { ClientNotices } from '../../shared/client-notices.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';

/** The parts of the actor's context that this needs. */
export interface AskedProxiesParts {
  readonly engine: { readonly now: number };
  readonly health: Pick<LineHealth, 'begins' | 'proxyReached' | 'proxyFailed' | 'works'>;
  readonly routes: Pick<RoutesReplica, 'tell'>;
  readonly udpLines: Pick<UdpLines, 'setRelays' | 'refused' | 'failed'>;
  readonly notices: Pick<ClientNotices, 'tell'>;
}

/** Whether all proxies of a line were reached; `unknown` where only those in front of the last one were. */
export type Reached = 'yes' | 'no' | 'unknown';

type AskedLine = Pick<DialLine, 'number' | 'name' | 'hops'>;

export class AskedProxies {
  readonly #parts: AskedProxiesParts;

  constructor(parts: AskedProxiesParts) {
    this.#parts = parts;
  }

  /** A dial begins. Where connections leave the line out, it is the trial that is due. */
  begins(line: number): void {
    const { health, engine } = this.#parts;
    health.begins(line, engine.now);
  }

  /** All proxies of the line have said where they take datagrams. */
  associated({ number }: AskedLine): void {
    this.#parts.udpLines.setRelays(number, true);
    this.#reached(number);
  }

  /**
   * There is no association. `ip`: of the first proxy; undefined where none is known. `toldDepth`: whether a proxy was told that the
   * request has passed other gateways: its refusal may be because of that, and says nothing of others' requests.
   */
  failed(line: AskedLine, ip: Uint8Array | undefined, failure: Failure, reached: Reached, toldDepth: boolean): void {
    const { udpLines, notices, engine } = this.#parts;
    const { code } = failure;
    if (reached === 'yes') this.#reached(line.number);
    if (toldDepth && reached !== 'no') return;
    if (code === 'line-no-udp') udpLines.setRelays(line.number, false);
    else if (code === 'proxy-forbids') udpLines.refused(line.number);
    else if (FAILURES[code].blames === 'proxy') {
      udpLines.failed(line.number, code, reached !== 'no');
      if (reached === 'no' && ip !== undefined) this.#notReached(line, ip, failure);
    } else return;
    notices.tell(noticeOf(line, ip, failure, reached), engine.now);
  }

  #reached(line: number): void {
    const { health, routes, engine } = this.#parts;
    if (health.proxyReached(line)) routes.tell({ kind: 'proxy-reached', line });
    if (health.works(line, engine.now, false)) routes.tell({ kind: 'works', line, near: false, ago_ms: 0 });
  }

  #notReached({ number: line, hops }: AskedLine, ip: Uint8Array, { code: cause, detail }: Failure): void {
    const { health, routes, engine } = this.#parts;
    const address = formatEndpoint(formatIp(ip), hops[0].port);
    if (!health.proxyFailed(line, engine.now, address)) return;
    routes.tell({ kind: 'proxy-failed', line, why: { cause, detail, address } });
  }
}

function noticeOf(
  { name, hops }: AskedLine,
  ip: Uint8Array | undefined,
  { code: cause, detail }: Failure,
  reached: Reached,
): Notice {
  const line = JSON.stringify(name);
  const address = ip && formatEndpoint(formatIp(ip), hops[0].port);
  const base = { topic: `datagrams over line ${name}`, fields: { line: name, cause, detail, address } };
  const none = `line ${line} carries no datagrams for now`;
  if (cause === 'line-no-udp' || cause === 'proxy-forbids')
    return { ...base, level: 'info', message: `${none}: its proxy refuses UDP ASSOCIATE` };
  const asked = reached === 'no' ? '' : ': its proxy was asked and gave no way for them';
  return { ...base, level: 'warn', message: `${none}${asked}: ${FAILURES[cause].sentence}` };
}
