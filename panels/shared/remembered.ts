/** A reader's choices, kept in this browser. One that keeps nothing, or has no room, shows everything all the same. */

/** Undefined where nothing is kept or what is kept cannot be read; its shape is for the caller to check. */
export function recall(key: string): unknown {
  try {
    return JSON.parse(globalThis.localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Undefined forgets. */
export function remember(key: string, value: unknown): void {
  try {
    if (value === undefined) {
      globalThis.localStorage.removeItem(key);
    } else {
      globalThis.localStorage.setItem(key, JSON.stringify(value));
    }
  } catch {
    return;
  }
}
