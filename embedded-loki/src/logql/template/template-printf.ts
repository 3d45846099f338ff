/** `printf`: %s %v %d %f %e %g %x %X %q %t %c %%, with width, `-`, `0`, `+` and precision. */
import { type TemplateValue } from './template-ast';
import { printed, toFloat } from './template-values';

export function formatPrintf(format: string, values: readonly TemplateValue[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+0 #]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') {
        return '%';
      }
      if (next >= values.length) {
        return `%!${verb}(MISSING)`;
      }
      const value = values[next++];
      const digits = precision === undefined ? undefined : Number(precision);
      const shown = formatted(value, verb, digits) ?? `%!${verb}(${typeName(value)}=${printed(value)})`;
      const signed = flags.includes('+') && /^[deEfFg]$/.test(verb) && !shown.startsWith('-') ? `+${shown}` : shown;
      return padded(signed, Number(width ?? 0), flags);
    }
  );
  const extra = values.slice(next).map((value) => `${typeName(value)}=${printed(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function padded(text: string, width: number, flags: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) {
    return text;
  }
  if (flags.includes('-')) {
    return text + ' '.repeat(missing);
  }
  const sign = flags.includes('0') ? (/^[+-]/.exec(text)?.[0] ?? '') : '';
  return flags.includes('0') ? sign + '0'.repeat(missing) + text.slice(sign.length) : ' '.repeat(missing) + text;
}

/** Undefined where the verb is not for such a value. */
function formatted(value: TemplateValue, verb: string, precision: number | undefined): string | undefined {
  switch (verb) {
    case 'v':
      return printed(value);
    case 's':
      return typeof value === 'string' ? value.slice(0, precision) : undefined;
    case 'q':
      return typeof value === 'string' ? JSON.stringify(value) : undefined;
    case 't':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'd':
      return typeof value === 'bigint' ? String(value) : undefined;
    case 'c':
      return typeof value === 'bigint' ? String.fromCodePoint(Number(value)) : undefined;
    case 'x':
    case 'X': {
      const hex = hexadecimal(value);
      return verb === 'X' ? hex?.toUpperCase() : hex;
    }
    case 'f':
    case 'F':
      return typeof value === 'number' ? toFloat(value).toFixed(precision ?? 6) : undefined;
    case 'e':
      return typeof value === 'number'
        ? value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2')
        : undefined;
    case 'g':
      return typeof value === 'number'
        ? printed(precision === undefined ? value : Number(value.toPrecision(Math.max(1, precision))))
        : undefined;
    default:
      return undefined;
  }
}

function hexadecimal(value: TemplateValue): string | undefined {
  if (typeof value === 'bigint') {
    return value.toString(16);
  }
  return typeof value === 'string'
    ? [...new TextEncoder().encode(value)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    : undefined;
}

function typeName(value: TemplateValue): string {
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return 'interface {}';
  }
}
