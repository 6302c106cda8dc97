// All views, by their names in the address: `#/connections`, and `#/connections/ID` for one of them.
import type { TextKey } from '../text/language.js';
import type { MakeView } from '../view/view.js';
import { badAddresses } from '../views/bad-addresses.js';
import { clients } from '../views/clients.js';
import { connection } from '../views/connection.js';
import { connections } from '../views/connections.js';
import { destination } from '../views/destination.js';
import { destinations } from '../views/destinations.js';
import { dns } from '../views/dns.js';
import { fleet } from '../views/fleet.js';
import { flows } from '../views/flows.js';
import { gateway } from '../views/gateway.js';
import { line } from '../views/line.js';
import { lines } from '../views/lines.js';
import { log } from '../views/log.js';
import { overview } from '../views/overview.js';

interface Named {
  readonly name: string;
  readonly title: TextKey;
  readonly make: MakeView;
  /** Of one thing in it. */
  readonly one?: MakeView;
}

export const VIEWS: readonly Named[] = [
  { name: 'overview', title: 'overview', make: overview },
  { name: 'connections', title: 'connections', make: connections, one: connection },
  { name: 'flows', title: 'flows', make: flows },
  { name: 'lines', title: 'lines', make: lines, one: line },
  { name: 'destinations', title: 'destinations', make: destinations, one: destination },
  { name: 'bad-addresses', title: 'bad-addresses', make: badAddresses },
  { name: 'dns', title: 'dns', make: dns },
  { name: 'clients', title: 'clients', make: clients },
  { name: 'fleet', title: 'fleet', make: fleet },
  { name: 'log', title: 'log', make: log },
  { name: 'gateway', title: 'gateway', make: gateway },
];

/** The view of an address; the first one for an address that names none. */
export function placeOf(hash: string): { readonly view: Omit<Named, 'one'>; readonly rest: string } {
  const [, name, rest = ''] = /^#\/([a-z-]+)(?:\/(.*))?$/.exec(hash) ?? [];
  const view = VIEWS.find((one) => one.name === name) ?? (VIEWS[0] as Named);
  if (rest === '' || view.one === undefined) return { view, rest: '' };
  return { view: { ...view, make: view.one }, rest: decoded(rest) };
}

function decoded(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}
