/** Values of templates: how Go prints them, which are true, and how numbers are made of them. */
import { type TemplateValue } from './template-ast';

export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

export function isObject(value: TemplateValue): value is { readonly [key: string]: TemplateValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Go's `%v`. */
export function printed(value: TemplateValue): string {
  if (typeof value === 'number') {
    return printedFloat(value);
  }
  if (value === null) {
    return '<no value>';
  }
  if (isList(value)) {
    return `[${value.map(printed).join(' ')}]`;
  }
  if (isObject(value)) {
    const members = Object.keys(value).sort();
    return `map[${members.map((name) => `${name}:${printed(value[name])}`).join(' ')}]`;
  }
  return String(value);
}

/** Go's `%g`: with an exponent from a million on and below a ten-thousandth. */
function printedFloat(value: number): string {
  if (Number.isNaN(value)) {
    return 'NaN';
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? '+Inf' : '-Inf';
  }
  const [digits, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 6)) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 });
}

export function isTrue(value: TemplateValue): boolean {
  if (isList(value)) {
    return value.length > 0;
  }
  if (isObject(value)) {
    return Object.keys(value).length > 0;
  }
  return typeof value === 'bigint' ? value !== 0n : Boolean(value);
}

/** As the function `int`: what is no number is 0. */
export function toInteger(value: TemplateValue): bigint {
  if (typeof value === 'bigint') {
    return value;
  }
  if (typeof value === 'boolean') {
    return value ? 1n : 0n;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  }
  if (typeof value === 'string') {
    return /^[+-]?\d{1,19}$/.test(value) ? BigInt(value.replace(/^\+/, '')) : 0n;
  }
  return 0n;
}

/** As the function `float64`: what is no number is 0. */
export function toFloat(value: TemplateValue): number {
  if (typeof value === 'string') {
    const number = value.trim() === '' ? NaN : Number(value);
    return Number.isNaN(number) ? 0 : number;
  }
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : 0;
}
