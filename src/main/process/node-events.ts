// What Node itself tells of the process: an error that nothing has caught, and warnings.

export interface NodeHandlers {
  /** Unhandled rejections come here too. */
  failed(error: Error): void;
  warned(name: string, message: string): void;
}

/** Handles them for the rest of the process's life. */
export function onNode({ failed, warned }: NodeHandlers): void {
  process.on('uncaughtException', failed);
  // Node itself would write warnings to stderr, and block there when the reader has stopped reading.
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => warned(name, message));
}
