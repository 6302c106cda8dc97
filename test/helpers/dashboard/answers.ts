// What a gateway might answer whose office has a direct line and two proxies: a scene with a rescue, a failed race and bad
// addresses.
import type { LineState, LineUdp } from '../../../dashboard/api/shapes.js';
import { ago } from './ago.js';
import type { Answers } from './fake-gateway.js';
import { fleetAnswers } from './fleet-answers.js';
import { flowAnswers } from './flow-answers.js';
import { nameAnswers, ownAnswers, rememberedAnswers } from './further-answers.js';

const buckets = (...counts: readonly number[]) =>
  counts.map((count, index) => ({ le_ms: index === counts.length - 1 ? null : 2 ** index, count }));

const HOSTS = [
  'video.example.net:443',
  'git.example.org:22',
  'news.example.com:443',
  'mail.example.net:993',
  'cdn.example.org:443',
  'api.example.com:443',
];
const LINES = ['direct', 'tokyo', 'frankfurt'];

const CONNECT = [
  [0, 40, 310, 1900, 6200, 4100, 1200, 310, 90, 20, 4, 1],
  [0, 0, 0, 2, 40, 310, 1800, 2900, 900, 140, 12, 3],
  [0, 0, 0, 0, 0, 2, 11, 34, 29, 8, 2, 1],
];
const FIRST_BYTE = [
  [0, 2, 40, 510, 2900, 5100, 3900, 1500, 420, 110, 31, 12],
  [0, 0, 0, 0, 4, 90, 900, 2400, 1300, 260, 30, 9],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];

const connection = (index: number, live: boolean) => ({
  id: `0-${index.toString(36)}-${(1000 + index).toString(36)}`,
  phase: live ? (index === 3 ? 'race' : 'relay') : 'ended',
  client: `192.168.1.${10 + (index % 4)}:${40_000 + index * 7}`,
  listener: 'office',
  ...(index % 3 === 0 && { user: 'mei' }),
  target: HOSTS[index % HOSTS.length],
  ...(!live && index === 2
    ? { cause: 'timed-out' }
    : { line: LINES[index % 3] as string, address: `203.0.113.${20 + index}`, connect_ms: 12 + index * 9.25 }),
  attempts: 1 + (index % 4),
  bytes_up: 1800 * (index + 1) ** 2,
  bytes_down: 48_300 * (index + 1) ** 3,
  opened_at: ago(index * 13 + 1),
  duration_ms: live ? index * 13_000 + 950 : 1840 * (index + 1),
  ...(!live && { ending: index === 2 ? 'failed' : index === 5 ? 'reset-by-destination' : 'complete' }),
});

const rescue = {
  ...connection(0, true),
  id: 'rescue',
  line: 'tokyo',
  address: '198.51.100.7',
  attempts: 3,
  race: {
    target: HOSTS[0],
    attempts: [
      {
        line: 'direct',
        address: '203.0.113.20',
        remembered: true,
        started_ms: 6.4,
        connected_ms: 17.9,
        asked_ms: 18.1,
        ended_ms: 421.3,
        result: 'silent',
      },
      {
        line: 'tokyo',
        address: '198.51.100.7',
        remembered: false,
        started_ms: 118.2,
        connected_ms: 204.6,
        asked_ms: 218.3,
        answered_ms: 371.5,
        result: 'connected',
      },
      {
        line: 'frankfurt',
        address: '198.51.100.9',
        remembered: false,
        started_ms: 118.3,
        ended_ms: 164.4,
        result: 'proxy-unreachable',
        detail: 'ECONNREFUSED',
      },
      {
        line: 'direct',
        address: '2001:db8::20',
        remembered: false,
        started_ms: 118.4,
        connected_ms: 330.1,
        ended_ms: 371.5,
        result: 'abandoned',
      },
    ],
    winner: 1,
    why: 'answered-first',
    total_ms: 371.5,
  },
};

const line = (name: string, index: number): LineState => ({
  line: name,
  health: ['up', 'up', 'down'][index] as string,
  paused: false,
  pinned: false,
  proxies: index === 0 ? [] : [{ kind: 'socks5', host: `${name}.example.net`, port: 1080 }],
  source: { ip: null, interface: index === 0 ? 'eth0' : null },
  tier: index === 2 ? 1 : 0,
  cost_ms: 0,
  wins: [18_431, 5210, 87][index] as number,
  win_share: [0.777, 0.219, 0.0037][index] as number,
  attempts: [21_964, 9310, 1460][index] as number,
  rescues: [12, 611, 3][index] as number,
  failures: [411, 96, 1290][index] as number,
  unanswered: [640, 12, 0][index] as number,
  bytes_up: 48_120_331 / (index + 1),
  bytes_down: 3_948_120_331 / (index + 1) ** 2,
  udp: {
    state: (['direct', 'relays', 'unreachable'] as const)[index] as LineUdp['state'],
    ...{ ago_ms: index === 0 ? null : 61_000, cause: index === 2 ? 'proxy-unreachable' : null, silent_ms: null },
  },
  answers_early: index === 2,
  doubted: false,
  circuit:
    index === 2
      ? {
          failures: 5,
          for_ms: 14_200,
          why: { cause: 'proxy-unreachable', detail: 'ECONNREFUSED', address: '198.51.100.9' },
        }
      : null,
  link: null,
  budgets: index === 1 ? [{ budget: 'abroad', bytes_used: 71e9, bytes: 100e9, spent: false }] : [],
  connect: buckets(...(CONNECT[index] as number[])),
  first_byte: buckets(...(FIRST_BYTE[index] as number[])),
});

export const answers = (): Answers => {
  const lines = LINES.map(line);
  return {
    'GET /status': {
      version: '0.2.0',
      node: '22.11.0',
      engine: 'uring',
      pid: 4711,
      started_at: ago(190_000),
      uptime_s: 190_000,
      state: 'serving',
      listeners: [
        {
          name: 'office',
          address: '192.168.1.1:7070',
          protocols: ['socks5', 'http'],
          accepted: 24_102,
          refused: 3,
          limited: 0,
        },
      ],
      actors: ['connections 0', 'connections 1', 'dns', 'routes', 'admin'].map((name, index) => ({
        name,
        is_serving: true,
        deaths: index === 1 ? 1 : 0,
        last_death: null,
      })),
      connections: { live: 214, max: 20_000 },
      totals: { connected: 23_728, failed: 361, rescued: 626 },
      fds: { open: 498, max: 65_536 },
      memory: { bytes_resident: 148_000_000, bytes_heap_used: 1, bytes_heap_total: 1, bytes_external: 1 },
      log_level: 'info',
      budgets: [],
      troubles: [
        {
          topic: 'line',
          level: 'warn',
          message: 'frankfurt: its proxy cannot be reached',
          fields: {},
          since: ago(740),
        },
      ],
    },
    'GET /lines': { lines },
    ...Object.fromEntries(lines.map((one) => [`GET /lines/${one.line}`, one])),
    'GET /connections': ({ path }) => {
      const isLive = !path.includes('state=ended');
      const connections = Array.from({ length: path.includes('limit=8') ? 8 : 14 }, (_, index) =>
        connection(index, isLive),
      );
      return { connections, matched: isLive ? 214 : 14, silent_workers: [] };
    },
    'GET /connections/rescue': rescue,
    ...rememberedAnswers(HOSTS, LINES),
    ...nameAnswers(),
    ...ownAnswers(),
    ...fleetAnswers(),
    ...flowAnswers(),
    'DELETE /connections/rescue': { closed: 1 },
    'DELETE /connections': { closed: 209 },
    'POST /lines/tokyo/pause': { changed: true, line: lines[1] },
  };
};

/** Traffic of some minutes, and lines of the log. */
export const events = (): { event: string; data: object }[] => {
  const traffic = Array.from({ length: 240 }, (_, index) => ({
    event: 'traffic',
    data: {
      at: ago(240 - index),
      bytes_down_per_s: Math.max(0, 4.1e6 + 2.4e6 * Math.sin(index / 17) + 1.1e6 * Math.sin(index / 3.1)),
      bytes_up_per_s: Math.max(0, 6.2e5 + 3e5 * Math.sin(index / 11)),
      live: Math.round(205 + 22 * Math.sin(index / 23)),
      opened_per_s: Math.max(0, Math.round(26 + 14 * Math.sin(index / 7))),
      flows: 17,
    },
  }));
  const lines = Array.from({ length: 24 }, (_, index) => ({
    at: ago(240 - index * 9),
    level: ['info', 'debug', 'info', 'warn', 'info', 'error'][index % 6],
    message: [
      'connection ended',
      'lookup',
      'connected',
      'the proxy of frankfurt cannot be reached',
      'connected',
      'an actor was started again',
    ][index % 6],
    fields: { target: HOSTS[index % 6], line: LINES[index % 3], ms: index * 7.5 },
  }));
  return [...traffic, { event: 'log', data: { lines, left_out: 0 } }];
};
