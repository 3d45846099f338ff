import { type FilterText } from '../query/flow-query';

/** A filter as it is typed: several values with commas between. */
export function typedText(filter: FilterText | number | undefined): string {
  return filter === undefined ? '' : typeof filter === 'object' ? filter.join(', ') : String(filter);
}

/** What was typed as a filter; undefined for nothing. */
export function filterOf(typed: string): FilterText | undefined {
  const values = typed
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}
