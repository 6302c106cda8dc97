// Copies tables (plain objects of numbers, texts and typed arrays) into shared memory: sent to another thread, the arrays
// are not copied again. Nobody may write to them afterwards.

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/** A copy whose typed arrays are in shared memory. */
export function shared<Tables>(tables: Tables): Tables {
  return share(tables) as Tables;
}

function share(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return moved(value as Numbers);
  if (Array.isArray(value)) return value.map(share);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, share(part)]));
}

function moved<Kind extends Numbers>(numbers: Kind): Kind {
  const Kind = numbers.constructor as new (memory: SharedArrayBuffer) => Kind;
  const copy = new Kind(new SharedArrayBuffer(numbers.byteLength));
  copy.set(numbers);
  return copy;
}
