// How lines look to a dashboard for Clash: each is a proxy, and there are groups of them. The race is a group that chooses by itself;
// two further groups choose between the race and one line, to which all connections are pinned then. Pure.
import type { LineState } from '../api/lines/schemas.js';

export type ClashLine = Pick<
  LineState,
  'line' | 'proxies' | 'health' | 'paused' | 'pinned' | 'connect_ms' | 'first_byte_ms' | 'wins'
>;

export interface ClashProxy {
  readonly name: string;
  readonly type: string;
  readonly udp: false;
  readonly alive: boolean;
  /** The last delay in ms; 0 where the line does not work. None before there is one. */
  readonly history: readonly { readonly time: string; readonly delay: number }[];
  readonly extra: Readonly<Record<string, never>>;
  /** Of a group. */
  readonly all?: readonly string[];
  readonly now?: string;
}

export interface GroupNames {
  /** Dashboards order all others by this one. */
  readonly global: string;
  readonly choice: string;
  readonly race: string;
}

/** Names that no line has. */
export function groupNames(lines: readonly string[]): GroupNames {
  const free = (name: string): string => (lines.includes(name) ? free(`${name} *`) : name);
  return { global: free('GLOBAL'), choice: free('TcpRoute'), race: free('Race') };
}

/** By name, the groups first. `at`: the present, RFC 3339. */
export function proxiesOf(lines: readonly ClashLine[], at: string): Readonly<Record<string, ClashProxy>> {
  const names = lines.map(({ line }) => line);
  const { global, choice, race } = groupNames(names);
  const pinned = lines.find((line) => line.pinned)?.line;
  const alive = lines.some(({ health }) => health === 'up');
  const group = (name: string, type: string, all: readonly string[], now: string): ClashProxy => ({
    ...{ name, type, udp: false, alive, history: [], extra: {}, all, now },
  });
  const groups = [
    group(global, 'Selector', [choice, race, ...names], choice),
    group(choice, 'Selector', [race, ...names], pinned ?? race),
    group(race, 'URLTest', names, leaderOf(lines)),
  ];
  return Object.fromEntries([...groups, ...lines.map((line) => proxyOf(line, at))].map((one) => [one.name, one]));
}

/** The line that wins most. */
function leaderOf(lines: readonly ClashLine[]): string {
  const [first] = [...lines].sort((a, b) => b.wins - a.wins);
  return first?.line ?? '';
}

function proxyOf(
  { line: name, proxies, health, paused, connect_ms, first_byte_ms }: ClashLine,
  at: string,
): ClashProxy {
  const works = health === 'up';
  const measured = first_byte_ms ?? connect_ms;
  const delay = works ? measured && Math.max(1, Math.round(measured)) : 0;
  return {
    ...{ name, type: typeOf(proxies), udp: false, alive: works && !paused, extra: {} },
    history: delay === null ? [] : [{ time: at, delay }],
  };
}

/** The word of Clash for the last proxy on the way. */
function typeOf(proxies: ClashLine['proxies']): string {
  switch (proxies.at(-1)?.kind) {
    case 'http':
    case 'https':
      return 'Http';
    case 'socks4':
    case 'socks5':
      return 'Socks5';
    default:
      return 'Direct';
  }
}

export type Selection = { readonly kind: 'pin'; readonly line: string } | { readonly kind: 'unpin' };

/** What it means to select a proxy in a group; a sentence where that is not possible. */
export function selectionOf(lines: readonly string[], group: string, name: unknown): Selection | string {
  const { global, choice, race } = groupNames(lines);
  if (group !== global && group !== choice) return 'Must be a Selector';
  if (name === race || (group === global && name === choice)) return { kind: 'unpin' };
  if (typeof name !== 'string' || !lines.includes(name)) return 'Selector update error: proxy not exist';
  return { kind: 'pin', line: name };
}
