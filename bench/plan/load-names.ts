// Names of what is measured besides the loads and comparisons of the plan.

export const BASE = 'base';
export const SYSCALLS = 'syscalls';
