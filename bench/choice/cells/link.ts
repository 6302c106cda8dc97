// A cable is pulled under 500 sessions: how long until the clients are back, and whether a session over the other uplink was cut.
// The machine with its two uplinks is a process in namespaces of its own.
import { inNamespaces, whyNoUplinks } from '../uplinks/machine.js';
import type { Pulled, UplinkOrder, UplinkReport } from '../uplinks/messages.js';
import type { CellOptions, Outcome } from './cell.js';

const SESSIONS = 500;
const SESSIONS_QUICK = 50;
const PATIENCE_MS = 12_000;
/** A trial of one subject takes less than a minute. */
const SILENT_MAX_MS = 300_000;
/** Until every client is back: the gateway leaves a session five seconds in which TCP may go on by itself. */
const BACK_MAX_MS = 9000;

export async function link({ quick, alone }: CellOptions, told: (what: string) => void): Promise<Outcome> {
  const order = { sessions: quick ? SESSIONS_QUICK : SESSIONS, alone, patience_ms: PATIENCE_MS };
  const why = whyNoUplinks();
  const missing: string[] = why === undefined ? [] : [`Not run: ${why}.`];
  const all = why === undefined ? await pulledAll(order, missing, told) : [];
  return {
    table: {
      title: `A link goes down under ${order.sessions} sessions`,
      notes: [
        'Two uplinks by veth; the cable of the first is pulled at its far end, and later is out for 2.5 s only. Each client says a word twice a second and comes back at ' +
          'once when its session ends; a fifth of the sessions are over the other uplink all the time.',
        'HAProxy checks its servers every 500 ms through either uplink. v2ray has no checks, and nothing ends its sessions: ' +
          'their clients hang until they lose patience.',
        ...missing,
      ],
      headings: [
        ...['subject', 'struck + others', 'others cut', `back within ${PATIENCE_MS / 1000} s`, 'p50 ms', 'last ms'],
        ...['new sessions by it again, ms', 'ended by a cable out for 2.5 s'],
      ],
      rows: all.map(rowOf),
    },
    broken: all.filter(({ asserted }) => asserted).flatMap((one) => brokenBy(one, quick)),
  };
}

function rowOf(one: Pulled): string[] {
  const ms = (value: number | undefined): string => value?.toFixed(0) ?? '–';
  return [
    ...[one.subject, `${one.struck} + ${one.others}`, String(one.cut), `${one.back} of ${one.struck}`],
    ...[ms(one.back_p50_ms), ms(one.back_max_ms), one.home_ms === undefined ? 'never' : ms(one.home_ms)],
    String(one.shaken),
  ];
}

function brokenBy({ shaken, cut, back, struck, back_max_ms = 0, home_ms }: Pulled, quick: boolean): string[] {
  return [
    ...(shaken > 0 ? [`link down for a moment: ${shaken} sessions were cut needlessly`] : []),
    ...(cut > 0 ? [`link down: ${cut} sessions were cut needlessly`] : []),
    ...(back < struck ? [`link down: only ${back} of ${struck} clients came back`] : []),
    ...(!quick && back_max_ms > BACK_MAX_MS ? [`link down: a client was back after ${back_max_ms.toFixed(0)} ms`] : []),
    ...(home_ms === undefined ? ['link up: no new session went over it'] : []),
  ];
}

function pulledAll(order: UplinkOrder, missing: string[], told: (what: string) => void): Promise<Pulled[]> {
  const all: Pulled[] = [];
  const child = inNamespaces(new URL('../uplinks/inside.js', import.meta.url));
  return new Promise<Pulled[]>((resolve, reject) => {
    const failed = (why: string): void => reject(new Error(`the machine with two uplinks has ${why}`));
    const silent = (): void => {
      failed(`said nothing for ${SILENT_MAX_MS / 1000} s`);
      child.kill('SIGKILL');
    };
    let timer = setTimeout(silent, SILENT_MAX_MS);
    child.once('error', (error) => failed(`not been started: ${error.message}`));
    child.once('exit', (status, signal) => {
      clearTimeout(timer);
      failed(`ended with ${signal ?? `status ${status}`}`);
    });
    child.on('message', (message) => {
      clearTimeout(timer);
      timer = setTimeout(silent, SILENT_MAX_MS);
      const report = message as UplinkReport;
      switch (report.kind) {
        case 'begins':
          told(`link down: ${report.subject}`);
          break;
        case 'missing':
          missing.push(`${report.subject}: not installed.`);
          break;
        case 'pulled':
          all.push(report.pulled);
          break;
        case 'trouble':
          reject(new Error(report.cause));
          child.disconnect();
          break;
        case 'done':
          resolve(all);
          child.disconnect();
          break;
        default:
          report satisfies never;
      }
    });
    // Where it cannot be sent, the child is about to end.
    child.send(order, () => {});
  });
}
