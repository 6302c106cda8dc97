// Lists that mostly have one element.

/** An empty list to begin with. It is shared, so nothing may be pushed to it. */
export const EMPTY: readonly never[] = [];

/**
 * `list` with one more element: the same list, or a new one if it was empty. An array that grows by `push` takes room for 17
 * elements at once, which nearly every connection would leave behind as garbage.
 */
export function appended<T>(list: readonly T[], element: T): readonly T[] {
  if (list.length === 0) return [element];
  (list as T[]).push(element);
  return list;
}

/** `list` without the element at `index`. */
export function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.length === 1 ? EMPTY : list.toSpliced(index, 1);
}
