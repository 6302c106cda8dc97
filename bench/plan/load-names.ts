// Names of what is measured besides the plan's loads and comparisons.

export const BASE = 'base';
export const SYSCALLS = 'syscalls';
