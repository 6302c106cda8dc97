// What keeps the thread alive that this runs in: a task for the worker pool whose thread a test wants to look into.
export function activeResources(): string[] {
  return process.getActiveResourcesInfo();
}
