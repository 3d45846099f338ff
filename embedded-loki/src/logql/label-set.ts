/** A set of labels with an identity: two sets are the same when their `key` is, which is also how Loki prints them. */
export interface LabelSet {
  /** Sorted by name, no name twice. */
  readonly pairs: ReadonlyArray<readonly [name: string, value: string]>;
  /** `{host="a", source="b"}` */
  readonly key: string;
}

/** Set where a stage could not read a line. */
export const ERROR_LABEL = '__error__';
export const ERROR_DETAILS_LABEL = '__error_details__';
export const PRESERVE_ERROR_LABEL = '__preserve_error__';

type Pair = readonly [string, string];

const byName = (a: Pair, b: Pair): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

export function labelSet(pairs: Iterable<Pair>): LabelSet {
  const sorted = [...pairs].sort(byName);
  return { pairs: sorted, key: `{${sorted.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}` };
}

export const EMPTY_LABELS: LabelSet = labelSet([]);

export function getLabel(labels: LabelSet, name: string): string {
  return labels.pairs.find(([key]) => key === name)?.[1] ?? '';
}

export function hasLabel(labels: LabelSet, name: string): boolean {
  return labels.pairs.some(([key]) => key === name);
}

export function keepLabels(labels: LabelSet, names: readonly string[]): LabelSet {
  return labelSet(labels.pairs.filter(([name]) => names.includes(name)));
}

export function dropLabels(labels: LabelSet, names: readonly string[]): LabelSet {
  return labelSet(labels.pairs.filter(([name]) => !names.includes(name)));
}

/** As a JSON object. Built from entries, so that a label called `__proto__` is a label like any other. */
export function labelObject(labels: Iterable<Pair>): Record<string, string> {
  return Object.fromEntries(labels);
}

/** Loki's order of series: by name, then by value, pair by pair. */
export function compareLabels(a: LabelSet, b: LabelSet): number {
  for (let at = 0; at < Math.min(a.pairs.length, b.pairs.length); at++) {
    for (const part of [0, 1] as const) {
      const left = a.pairs[at][part];
      const right = b.pairs[at][part];
      if (left !== right) {
        return left < right ? -1 : 1;
      }
    }
  }
  return a.pairs.length - b.pairs.length;
}
