// What dashboards for Clash ask of the configuration: where the proxy listens, and the level of the log. Pure.
import { formatIp } from '../../../protocol/address/address.js';
import { isLoopback } from '../../../protocol/address/own-listeners.js';
import type { Listener } from '../../../protocol/inbound/listener.js';
import type { InboundName } from '../../../protocol/inbound-name.js';
import type { LogLevel, Options } from '../../../protocol/options.js';

/** The words of Clash. */
const LEVELS: Readonly<Record<LogLevel, string>> = {
  ...{
    trace: 'debug',
    debug: 'debug',
    info: 'info',
    warn: 'warning',
    error: 'error',
    fatal: 'error',
    silent: 'silent',
  },
};

/** The level that a change asks for, if that is all that it asks for. */
export function levelAsked(change: unknown): LogLevel | undefined {
  if (typeof change !== 'object' || change === null || Object.keys(change).length !== 1) return undefined;
  if (!('log-level' in change)) return undefined;
  const { 'log-level': level } = change;
  return (['debug', 'info', 'warn', 'error', 'silent'] as const).find((one) => LEVELS[one] === level);
}

export function configsOf(listeners: readonly Listener[], { log_level, dns }: Pick<Options, 'log_level' | 'dns'>) {
  const open = listeners.flatMap(({ endpoint, protocols }) =>
    endpoint === undefined ? [] : [{ ...endpoint, protocols }],
  );
  const portOf = (wanted: readonly InboundName[]): number =>
    open.find(({ protocols }) => wanted.every((one) => protocols.includes(one)))?.port ?? 0;
  const mixed = portOf(['socks5', 'http']);
  const others = open.filter(({ ip }) => !isLoopback(ip));
  return {
    'mixed-port': mixed,
    // Of a listener that speaks one of the two only.
    port: mixed === 0 ? portOf(['http']) : 0,
    'socks-port': mixed === 0 ? portOf(['socks5']) : 0,
    ...{ 'redir-port': 0, 'tproxy-port': 0 },
    'allow-lan': others.length > 0,
    'bind-address': others[0] === undefined ? '127.0.0.1' : formatIp(others[0].ip),
    ...{ mode: 'rule', 'mode-list': ['rule'], modes: ['rule'] },
    'log-level': LEVELS[log_level],
    ipv6: dns.ipv6 !== 'off',
    tun: { enable: false },
  };
}
