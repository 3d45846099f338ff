/**
 * Ad-hoc filters as parts of LogQL. Their values are texts as in the records; a filter over a field that a record
 * lacks lets it through only where it excludes.
 */
import { AD_HOC_OPERATORS, type AdHocFilter } from '../query/ad-hoc';
import { DataError } from '../data-error';
import { hasField, type LineFilter, valueIs, valueIsNot } from './line-filters';
import { type FieldCondition } from './logql';

interface AdHocParts {
  readonly lineFilters: readonly LineFilter[];
  readonly conditions: readonly FieldCondition[];
}

/** @throws DataError */
export function adHocParts(filters: readonly AdHocFilter[]): AdHocParts {
  const lineFilters: LineFilter[] = [];
  const conditions: FieldCondition[] = [];
  for (const filter of filters) {
    const { key: field, operator, value } = filter;
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(field)) {
      throw bad(filter, field, 'the name of a field of the records');
    }
    switch (operator) {
      case '=':
      case '=|':
        lineFilters.push(valueIs(field, valuesOf(filter)));
        break;
      case '!=':
      case '!=|':
        lineFilters.push(valueIsNot(field, valuesOf(filter)));
        break;
      case '=~':
        conditions.push({ kind: 'fits', field, regex: value });
        break;
      case '!~':
        conditions.push({ kind: 'fitsNot', field, regex: value });
        break;
      case '<':
      case '>':
        lineFilters.push(hasField(field));
        conditions.push(
          operator === '<'
            ? { kind: 'atMost', field, value: numberOf(filter) }
            : { kind: 'atLeast', anyOf: [field], value: numberOf(filter) }
        );
        break;
      default:
        throw bad(filter, operator, `one of ${AD_HOC_OPERATORS.join(' ')}`);
    }
  }
  return { lineFilters, conditions };
}

function valuesOf({ value, values }: AdHocFilter): readonly string[] {
  return values !== undefined && values.length > 0 ? values : [value];
}

function numberOf(filter: AdHocFilter): number {
  const n = Number(filter.value);
  if (filter.value.trim() === '' || !Number.isFinite(n)) {
    throw bad(filter, filter.value, 'a number such as 100');
  }
  return n;
}

function bad({ key }: AdHocFilter, value: string, wanted: string): DataError {
  return new DataError({ kind: 'bad-filter', filter: key, value, wanted });
}
