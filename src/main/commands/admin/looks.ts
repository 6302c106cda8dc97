// The commands that look at the running gateway over its admin API. Loaded with the command line, so it holds nothing else.

export type ListCommand = 'connections' | 'flows' | 'lines' | 'routes' | 'bad-addresses' | 'budgets';
export type Look = 'status' | 'top' | 'fleet' | ListCommand;

const LOOKS: readonly Look[] = [
  'status',
  'top',
  'fleet',
  'connections',
  'flows',
  'lines',
  'routes',
  'bad-addresses',
  'budgets',
];

export const lookOf = (command: string | undefined): Look | undefined => LOOKS.find((look) => look === command);
