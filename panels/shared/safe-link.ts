/**
 * Links built from a template and from values off the wire. Values are percent-encoded one by one, so none of them can
 * leave its place; what comes out must be a path on this server or http(s), so `javascript:` and `data:` never pass.
 */
import { type InterpolateFunction } from '@grafana/data';

interface LinkContext {
  /** What `${__data.fields.NAME}` stands for. */
  readonly fields: Readonly<Record<string, string>>;
  /** `${__from}` and `${__to}`: the dashboard's time range, ms since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly replaceVariables: InterpolateFunction;
}

const OWN_TOKEN = /\$\{(?:__data\.fields\.([A-Za-z0-9_]+)|__(from|to))\}/g;

/**
 * The address, or undefined where the template is empty, names a field that has no value, or gives an address that is not safe.
 * Dashboard variables in the template are filled in too, percent-encoded.
 */
export function buildLink(template: string, context: LinkContext): string | undefined {
  let complete = template.trim() !== '';
  const filled = template.replace(OWN_TOKEN, (_token, field: string | undefined, range: string | undefined) => {
    if (field === undefined) {
      return String(range === 'from' ? context.fromMs : context.toMs);
    }
    const value = context.fields[field] ?? '';
    complete = complete && value !== '';
    return encodeURIComponent(value);
  });
  return complete ? safeHref(context.replaceVariables(filled, undefined, 'percentencode')) : undefined;
}

/** The same address if it is a path on this server, http or https; else undefined. */
export function safeHref(address: string): string | undefined {
  const trimmed = address.trim();
  // Browsers drop control characters inside of addresses and read "\" as "/".
  if (/[\u0000-\u001f\u007f\\]/.test(trimmed)) {
    return undefined;
  }
  if (trimmed.startsWith('/')) {
    return trimmed.startsWith('//') ? undefined : trimmed;
  }
  return /^https?:\/\/[^/]/i.test(trimmed) ? trimmed : undefined;
}
