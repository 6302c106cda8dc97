// The texts of the view of flows of datagrams, in English.
export const FLOWS_ENGLISH = {
  flows: 'Flows',
  'flows-answered': 'First answer',
  'flows-came': 'Came',
  'flows-end': 'End',
  'flows-end-all': 'End {count} flows',
  'flows-end-all-body':
    'All live flows that match are ended: {what}. Their clients hear nothing; what they send next opens other flows.',
  'flows-end-all-title': 'End {count} flows?',
  'flows-end-body': '{client} to {target}. The client hears nothing; what it sends there next opens another flow.',
  'flows-end-done': 'The flow to {target} has been ended.',
  'flows-end-title': 'End this flow?',
  'flows-ended-count': '{count} flows have been ended.',
  'flows-kind': 'Kind',
  'flows-kind-all': 'all',
  'flows-kind-other': 'other',
  'flows-lead':
    'What clients exchange with destinations by datagrams (UDP): one row for each destination of an association.',
  'flows-none': 'No flow matches.',
  'flows-open': 'open',
  'flows-sent': 'Sent',
  'flows-silent-workers': 'Threads that have not answered in time, so that their flows are missing here: {workers}',
  'flows-waiting': 'waits for a line',
  'flows-association': 'Association',
  udp: 'Datagrams (UDP)',
  'udp-direct': 'sent directly',
  'udp-fails': 'its proxy was asked {time} ago, and gave no way for them: {why}',
  'udp-no-command': 'a proxy of it has no command for them',
  'udp-not-asked': 'its proxy has not been asked lately',
  'udp-refuses': 'its proxy refused them {time} ago',
  'udp-relays': 'its proxy relays them, as it said {time} ago',
  'udp-silent': 'no answers over it lately, where others had some',
  'udp-unreachable': 'its proxy was to be asked {time} ago, and could not be: {why}',
} as const;

/** How flows end, what they carry, and what came of the lines of a QUIC race. */
export const FLOWS_ENGLISH_CODES = {
  'gave-way': 'gave way to another flow',
  unanswered: 'went on without an answer',
  'association-ended': 'its association ended',
  forged: 'what came was not authentic',
  quic: 'QUIC',
  dns: 'DNS',
} as const;
