import { type FilterText } from '../query/filters';

/** A filter as it is typed: several values separated by commas. */
export function typedText(filter: FilterText | number | undefined): string {
  return filter === undefined ? '' : typeof filter === 'object' ? filter.join(', ') : String(filter);
}

/** A filter as a list of values. */
export function valuesOf(filter: FilterText | number | undefined): readonly string[] {
  if (filter === undefined || filter === '') {
    return [];
  }
  return typeof filter === 'object' ? filter : [String(filter)];
}
