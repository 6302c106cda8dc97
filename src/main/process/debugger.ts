// Whether Node's debugger is open. It is when Node's options ask for it; bin/tcproute.js sees to it that nothing else opens
// it.

export function debuggerWarning(): string | undefined {
  if (!process.features.inspector) return undefined;
  const url = process.getBuiltinModule('node:inspector').url();
  // Without its path, by which a debugger proves that it may come in.
  return url === undefined
    ? undefined
    : `Node's debugger listens on ${new URL(url).host}: whoever can connect there, clients of this gateway too, can run any code in it`;
}
