// Keeps what was made until that of which it was made is another value.

export function madeOf<Of extends readonly unknown[], Made>(of: () => Of, make: (of: Of) => Made): () => Made {
  let last: { readonly of: Of; readonly made: Made } | undefined;
  return () => {
    const now = of();
    if (last === undefined || now.some((one, at) => one !== last?.of[at])) last = { of: now, made: make(now) };
    return last.made;
  };
}
