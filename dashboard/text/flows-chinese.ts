// The texts of the view of flows of datagrams, in Chinese. The same keys as in flows-english.ts.
import type { FLOWS_ENGLISH } from './flows-english.js';

export const FLOWS_CHINESE: Readonly<Record<keyof typeof FLOWS_ENGLISH, string>> = {
  flows: '数据流',
  'flows-answered': '首次应答',
  'flows-came': '收到',
  'flows-end': '结束',
  'flows-end-all': '结束 {count} 条流',
  'flows-end-all-body': '所有符合条件的活动流都会结束：{what}。客户端不会得到通知，之后发送的数据报会打开新的流。',
  'flows-end-all-title': '结束 {count} 条流？',
  'flows-end-body': '{client} 到 {target}。客户端不会得到通知，之后发往那里的数据报会打开新的流。',
  'flows-end-done': '到 {target} 的流已结束。',
  'flows-end-title': '结束这条流？',
  'flows-ended-count': '已结束 {count} 条流。',
  'flows-kind': '类型',
  'flows-kind-all': '全部',
  'flows-kind-other': '其他',
  'flows-lead': '客户端与目标之间交换的数据报（UDP）：一个关联的每个目标占一行。',
  'flows-none': '没有符合的流。',
  'flows-open': '活动',
  'flows-sent': '发出',
  'flows-silent-workers': '没有及时应答的线程，此处缺少它们的流：{workers}',
  'flows-waiting': '等待线路',
  'flows-association': '关联',
  udp: '数据报（UDP）',
  'udp-direct': '直接发送',
  'udp-fails': '{time} 前问过它的代理，但没有得到转发的途径：{why}',
  'udp-no-command': '它的某个代理没有转发数据报的命令',
  'udp-not-asked': '最近没有问过它的代理',
  'udp-refuses': '它的代理在 {time} 前拒绝转发',
  'udp-relays': '它的代理在 {time} 前表示可以转发',
  'udp-silent': '最近经它没有回应，而经别的线路有',
  'udp-unreachable': '{time} 前要问它的代理，但无法到达：{why}',
};

export const FLOWS_CHINESE_CODES = {
  'gave-way': '让位给另一条流',
  unanswered: '客户端一直在发，却没有回应',
  'association-ended': '所属关联已结束',
  forged: '收到的应答未通过验证',
  quic: 'QUIC',
  dns: 'DNS',
} as const;
