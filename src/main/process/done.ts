// What a step of starting came to, as a value: a sentence for the operator where it failed.

export interface Failed {
  readonly code: 'failed';
  readonly message: string;
}

export type Done = typeof DONE | Failed;

export const DONE = { code: 'done' } as const;

export const failed = (message: string): Failed => ({ code: 'failed', message });
