// A task for the worker pool: tells a test what keeps the pool's thread alive.
export function activeResources(): string[] {
  return process.getActiveResourcesInfo();
}
