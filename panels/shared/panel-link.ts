/** Links and variables as a panel's options have them. */
import { type InterpolateFunction, locationUtil, type PanelProps } from '@grafana/data';
import { buildLink } from './safe-link';

/**
 * Where a template of the options leads, below Grafana's own path; undefined where there is no safe link.
 * @param fields values of `${__data.fields.NAME}`
 */
export function linkTo(
  { timeRange, replaceVariables }: Pick<PanelProps, 'timeRange' | 'replaceVariables'>,
  template: string,
  fields: Readonly<Record<string, string>>
): string | undefined {
  const href = buildLink(template, {
    fields,
    fromMs: timeRange.from.valueOf(),
    toMs: timeRange.to.valueOf(),
    replaceVariables,
  });
  return href && locationUtil.assureBaseUrl(href);
}

/** What the options say of such a template. */
export const linkHelp = (fields: string): string =>
  `A path or http(s) URL, which may contain ${fields}, \${__from}, \${__to} and dashboard variables. Leave empty for no link.`;

const VARIABLE = /\$\{?\w|\[\[\w/;

/** A text of the options with its variables filled in; '' where the dashboard lacks one of them. */
export function variableText(text: string, replaceVariables: InterpolateFunction): string {
  const filled = replaceVariables(text).trim();
  return VARIABLE.test(filled) ? '' : filled;
}
