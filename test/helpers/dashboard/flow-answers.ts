// What a gateway with flows of datagrams answers.
import type { Flow, FlowList } from '../../../dashboard/api/flow-shapes.js';
import type { Answers } from './fake-gateway.js';

const flow = (more: Partial<Flow> & Pick<Flow, 'id' | 'target' | 'kind'>): Flow => ({
  ...{ association: '0-0-a', client: '192.168.1.44:50412', phase: 'open', line: 'tokyo', attempts: [] },
  ...{ datagrams_up: 120, datagrams_down: 240, bytes_up: 30_120, bytes_down: 301_200, first_answer_ms: 41.2 },
  ...{ opened_at: new Date(Date.now() - 60_000).toISOString(), duration_ms: 60_000 },
  ...more,
});

const LIVE: readonly Flow[] = [
  flow({
    ...{
      id: '0-1-a',
      association: '0-0-a',
      target: '198.51.100.7:443',
      kind: 'quic',
      sni: 'video.example.net',
      user: 'ada',
    },
    ...{ address: '198.51.100.7' },
    attempts: [
      { line: 'frankfurt', sent_ms: 0, ended_ms: 390, result: 'silent' },
      { line: 'tokyo', sent_ms: 300, ended_ms: 390, result: 'answered' },
    ],
  }),
  flow({ id: '0-2-b', target: 'stun.example.org:3478', kind: 'other', phase: 'waiting' }),
];
const ENDED: readonly Flow[] = [
  flow({ id: '0-3-c', target: '192.0.2.53:53', kind: 'dns', phase: 'ended', ending: 'idle' }),
  flow({ id: '0-4-d', target: '192.0.2.9:9', kind: 'other', phase: 'ended', ending: 'failed', cause: 'refused' }),
];

export const flowAnswers = (): Answers => ({
  'GET /flows': ({ path }): FlowList => {
    const flows = path.includes('state=ended') ? ENDED : LIVE;
    return { flows, matched: flows.length, silent_workers: [] };
  },
  'DELETE /flows': { closed: 2 },
  'DELETE /flows/0-1-a': { closed: 1 },
});
