// The rooms of src and bench, and what each may import: the data of the rules in rules.ts.
import type { Rules } from './rules.js';

const PROTOCOL = 'src/protocol/*';

export const RULES: Rules = {
  folders: {
    // What numbers lines stands apart from the line until that moves there too.
    'src/protocol': ['src/protocol/lines'],
    'src/protocol/lines': ['src/protocol'],
    'src/protocol/inbound': ['src/protocol'],
    'src/protocol/outbound': ['src/protocol'],
    'src/linux': [],
    'src/files': [PROTOCOL],
    'src/threads/contracts': [PROTOCOL],
    'src/threads/shared': [PROTOCOL],
    'src/threads': [PROTOCOL, 'src/threads/contracts'],
    // Of another actor none imports anything.
    'src/workers/connection': [PROTOCOL, 'src/threads/*', 'src/linux'],
    'src/workers/dns': [PROTOCOL, 'src/threads/*', 'src/files'],
    'src/workers/routes': [PROTOCOL, 'src/threads/*', 'src/files'],
    'src/workers/rules': [PROTOCOL, 'src/threads/*', 'src/files'],
    'src/main/accept': [PROTOCOL, 'src/threads/*', 'src/linux'],
    'src/main/config': [PROTOCOL, 'src/files', 'src/main'],
    'src/main': [PROTOCOL, 'src/threads/*', 'src/files', 'src/linux', 'src/main/config', 'src/main/accept'],

    'bench/shared': [],
    'bench/peers': ['bench/shared', PROTOCOL],
    'bench/process': ['bench/shared', 'bench/peers', 'src/linux/*'],
    'bench/generator': ['bench/shared', 'bench/process', 'bench/generator/loads', 'src/linux/*'],
    'bench/generator/loads': ['bench/shared', 'bench/generator', 'src/linux/*'],
    'bench/plan': ['bench/shared', 'bench/peers', 'bench/process'],
    'bench/target': ['bench/shared', 'bench/process', 'bench/target/servers', 'src/linux/*'],
    'bench/target/servers': ['bench/generator', 'src/linux/*', PROTOCOL],
    'bench/results': ['bench/shared', 'bench/process', 'bench/plan'],
    'bench/tables': ['bench/plan', 'bench/results'],
    'bench/measuring': ['bench/shared', 'bench/peers', 'bench/process', 'bench/plan', 'bench/results'],
    'bench/report': ['bench/shared', 'bench/peers', 'bench/plan', 'bench/results', 'bench/tables'],
    'bench/race': [
      ...['bench/shared', 'bench/peers', 'bench/process', 'bench/plan', 'bench/results', 'bench/tables'],
      'test/helpers',
    ],
    'bench/dns': ['bench/process', PROTOCOL, 'src/threads/*', 'src/workers/connection/*', 'src/main/*', 'test/helpers'],
    'bench/rules': [PROTOCOL, 'src/threads/*'],
    bench: [
      ...['bench/peers', 'bench/process', 'bench/plan', 'bench/results', 'bench/tables', 'bench/measuring'],
      'bench/report',
    ],
  },
  seenOnlyBy: {
    'bench/generator/loads': ['bench/generator/load.ts'],
    'bench/target/servers': ['bench/target/target.ts'],
  },
  inCircles: [],
  libraries: {
    koffi: ['src/linux/libc.ts'],
    // The second declares the types of its adapter for Node.
    comlink: ['src/threads/port.ts', 'src/threads/comlink-node-adapter.d.ts'],
    piscina: ['src/main/actor-pool.ts'],
    pino: ['src/main/log.ts'],
    'pino-pretty': ['src/main/log.ts'],
    convict: ['src/main/config/settle.ts'],
    json5: ['src/main/config/syntax.ts'],
    // The second has its types only: it is given the document.
    yaml: ['src/main/config/syntax.ts', 'src/main/config/yaml-lines.ts'],
    'smol-toml': ['src/main/config/syntax.ts'],
    'ipaddr.js': ['src/main/config/address.ts'],
    'dns-packet': ['src/protocol/dns-message.ts'],
    undici: ['src/workers/dns/https.ts'],
    socks: ['src/main/explain-client.ts', 'bench/race/real-client.ts'],
    // A Map with a bound, used as a Map is.
    'lru-cache': [
      ...['src/workers/connection/names-replica.ts', 'src/workers/connection/outcome-reports.ts'],
      ...['src/workers/dns/cache.ts', 'src/workers/dns/clearance.ts'],
    ],
    'cli-progress': ['bench/shared/progress.ts'],
  },
  pure: ['src/protocol'],
  words: [
    {
      word: /socks/i,
      within: 'src/workers',
      onlyIn: [],
    },
  ],
  linesMax: 300,
  long: [
    // The engines.
    ...['src/linux/epoll.ts', 'src/linux/ring.ts', 'src/linux/uring.ts'],
    ...['src/workers/connection/actor.ts', 'src/workers/connection/contest.ts'],
    ...['src/workers/connection/direction.ts', 'src/workers/connection/race.ts'],
  ],
};
