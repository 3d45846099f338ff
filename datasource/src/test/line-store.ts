/**
 * A store in memory that answers our LogQL: selectors, line filters, and the conditions that plans write. It stands for Loki in tests.
 */
import { type LogEntry, type LokiClient, newestFirst } from '../loki/loki-client';
import { samplesAt, seriesOver } from './metric-answers';

export interface LineStore extends LokiClient {
  /** Queries so far, in order. */
  readonly asked: string[];
  add(entries: readonly LogEntry[]): void;
}

export function lineStore(entries: readonly LogEntry[] = []): LineStore {
  const all = [...entries];
  const asked: string[] = [];
  return {
    asked,
    add: (more) => void all.push(...more),
    async lines(query) {
      asked.push(query.logql);
      return newestFirst(
        all.filter((entry) => matches(entry, query.logql)),
        query
      );
    },
    async instant(logql, atNs) {
      asked.push(logql);
      return samplesAt(logql, atNs, { entries: all, matches });
    },
    async series(query) {
      asked.push(query.logql);
      return seriesOver(query, { entries: all, matches });
    },
  };
}

const TOKEN = /([|!]=|[|!]~)\s*("(?:[^"\\]|\\.)*")/g;

function matches(entry: LogEntry, logql: string): boolean {
  const end = logql.indexOf('}');
  const selector = logql.slice(1, end);
  const [lineFilters, ...stages] = splitStages(logql.slice(end + 1));
  const labelsFit = [...selector.matchAll(/(\w+)(=~|=)("(?:[^"\\]|\\.)*")/g)].every(([, name, operator, literal]) =>
    operator === '='
      ? entry.labels[name] === textOf(literal)
      : new RegExp(`^(?:${textOf(literal)})$`).test(entry.labels[name] ?? '')
  );
  const lineFits = [...lineFilters.matchAll(TOKEN)].every(([, operator, literal]) => {
    const found = operator.endsWith('=')
      ? entry.line.includes(textOf(literal))
      : regex(textOf(literal)).test(entry.line);
    return operator.startsWith('|') === found;
  });
  return labelsFit && lineFits && stages.every((stage) => stageFits(stage, JSON.parse(entry.line)));
}

/** Line filters, then the stages after the parser. */
function splitStages(pipeline: string): string[] {
  const parts = pipeline.split(/ \| (?=json |\w+ (?:[<>]=|[=!]~|!=) |\(|unwrap|__error__)/);
  return parts.filter(
    (part) => !part.startsWith('json ') && !part.startsWith('unwrap') && !part.startsWith('__error__')
  );
}

function stageFits(stage: string, record: Readonly<Record<string, unknown>>): boolean {
  return stage.split(' or ').some((either) => either.split(' and ').every((condition) => fits(condition, record)));
}

function fits(condition: string, record: Readonly<Record<string, unknown>>): boolean {
  const [, field, operator, value] = /^[\s(]*(\w+) ([<>]=|[=!]~|!=) ([\s\S]+?)[\s)]*$/.exec(condition) ?? [];
  switch (operator) {
    case '>=':
      return Number(record[field]) >= Number(value);
    case '<=':
      return Number(record[field]) <= Number(value);
    case '!=':
      return String(record[field] ?? '') !== textOf(value);
    default:
      return regex(`^(?:${textOf(value)})$`).test(String(record[field] ?? '')) === (operator === '=~');
  }
}

function regex(text: string): RegExp {
  const flags = /^(?:\^\(\?:)?\(\?([is])\)/.exec(text)?.[1] ?? '';
  return new RegExp(text.replace(/\(\?[is]\)/, ''), flags);
}

function textOf(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_, code: string | undefined, plain: string) =>
      code === undefined ? plain : String.fromCharCode(parseInt(code, 16))
    );
}
