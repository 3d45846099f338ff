/** SQL text with its bound values, and result values as plain types. */
import {
  type DuckDBConnection,
  DuckDBListValue,
  type DuckDBResult,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

/** Of all outside input, only numbers, label names and quoted literals ever become part of the text. */
export class Statement {
  private readonly values: DuckDBValue[] = [];
  private readonly types: DuckDBType[] = [];

  bind(value: DuckDBValue, type: DuckDBType): string {
    this.values.push(value);
    this.types.push(type);
    return `$${this.values.length}`;
  }

  run(connection: DuckDBConnection, text: string): Promise<DuckDBResult> {
    return connection.stream(text, this.values, this.types);
  }
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  if (text.includes('\0')) {
    throw new Error('a text with NUL cannot be an SQL literal');
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** Field names become part of SQL text, so only label names may. */
export function labelName(field: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(field)) {
    throw new Error(`${JSON.stringify(field)} is not a label name`);
  }
  return field;
}

export const asNumber = (value: DuckDBValue): number => (typeof value === 'number' ? value : Number(value));
export const asBigInt = (value: DuckDBValue): bigint => (typeof value === 'bigint' ? value : BigInt(asNumber(value)));
export const asText = (value: DuckDBValue): string | null => (typeof value === 'string' ? value : null);
export const asList = (value: DuckDBValue): readonly DuckDBValue[] =>
  value instanceof DuckDBListValue ? value.items : [];
