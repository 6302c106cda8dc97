// Evaluates a PAC file as a browser does: in a context that has nothing but the language.
import vm from 'node:vm';

const EVALUATION_MS_MAX = 10_000;

/** What the file says for a URL; the host is the URL's, as browsers give it. */
export function evaluatedPac(file: string): (url: string) => string {
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  vm.runInContext(file, context, { timeout: EVALUATION_MS_MAX });
  return (url) => {
    const host = new URL(url.replace(/^[a-z]+:/, 'http:')).hostname.replace(/^\[|\]$/g, '');
    const call = `FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(host)})`;
    return String(vm.runInContext(call, context, { timeout: EVALUATION_MS_MAX }));
  };
}
