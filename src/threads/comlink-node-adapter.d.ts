// comlink ships its ES modules without types under these paths.
declare module 'comlink/dist/esm/comlink.mjs' {
  export * from 'comlink';
}

declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { MessagePort } from 'node:worker_threads';
  import type { Endpoint } from 'comlink';

  // biome-ignore lint/style/noDefaultExport: that is how comlink exports it
  export default function nodeEndpoint(port: MessagePort): Endpoint;
}
