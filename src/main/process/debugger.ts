// Warns when Node's debugger is open. Only Node's options can open it: bin/tcproute.js keeps SIGUSR1 from opening it.

/** A sentence for the log; undefined when the debugger is not open. */
export function debuggerWarning(): string | undefined {
  if (!process.features.inspector) return undefined;
  const url = process.getBuiltinModule('node:inspector').url();
  // Without the URL's path, which is the secret that lets a debugger in.
  return url === undefined
    ? undefined
    : `Node's debugger listens on ${new URL(url).host}: everybody who can connect there, clients of this gateway too, can run any code in it`;
}
