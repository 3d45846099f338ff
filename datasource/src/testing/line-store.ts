/**
 * A store in memory that answers our LogQL: selectors, line filters, and the conditions that plans write. It stands for Loki in tests.
 */
import { type LogEntry, type LokiClient, newestFirst, type Sample } from '../fetch/loki-client';

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
    async instant(logql) {
      asked.push(logql);
      return instant(logql, all);
    },
  };
}

const TOKEN = /([|!=]=|[|!]~|=~|=)\s*("(?:[^"\\]|\\.)*")/g;

function matches(entry: LogEntry, logql: string): boolean {
  const end = logql.indexOf('}');
  const selector = logql.slice(1, end);
  const [lineFilters, ...stages] = splitStages(logql.slice(end + 1));
  const labelsFit = [...selector.matchAll(/(\w+)(=~|=)("(?:[^"\\]|\\.)*")/g)].every(([, name, operator, literal]) =>
    operator === '='
      ? entry.labels[name] === textOf(literal)
      : new RegExp(`^(?:${textOf(literal)})$`).test(entry.labels[name] ?? '')
  );
  const lineFits = [...lineFilters.matchAll(TOKEN)].every(([, operator, literal]) =>
    operator === '|=' ? entry.line.includes(textOf(literal)) : regex(textOf(literal)).test(entry.line)
  );
  return labelsFit && lineFits && stages.every((stage) => stageFits(stage, JSON.parse(entry.line)));
}

/** Line filters, then the stages after the parser. */
function splitStages(pipeline: string): string[] {
  const parts = pipeline.split(/ \| (?=json |\w+ (?:>=|=~) |\(|unwrap|__error__)/);
  return parts.filter(
    (part) => !part.startsWith('json ') && !part.startsWith('unwrap') && !part.startsWith('__error__')
  );
}

function stageFits(stage: string, record: Readonly<Record<string, unknown>>): boolean {
  return stage.split(' or ').some((condition) => {
    const [, field, operator, value] = /^\s*(\w+) (>=|=~) ([\s\S]+?)\s*$/.exec(condition) ?? [];
    if (operator === '>=') {
      return Number(record[field]) >= Number(value);
    }
    return regex(`^${textOf(value)}$`).test(String(record[field] ?? ''));
  });
}

function regex(text: string): RegExp {
  const flags = /^\^?\(\?([is])\)/.exec(text)?.[1] ?? '';
  return new RegExp(text.replace(/\(\?[is]\)/, ''), flags);
}

function textOf(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_, code: string | undefined, plain: string) =>
      code === undefined ? plain : String.fromCharCode(parseInt(code, 16))
    );
}

function instant(logql: string, all: readonly LogEntry[]): readonly Sample[] {
  const quantile = /^quantile_over_time\(([\d.]+), (.*) \| unwrap (\w+) /.exec(logql);
  if (quantile !== null) {
    const [, share, query, field] = quantile;
    const values = all
      .filter((entry) => matches(entry, query))
      .map((entry) => Number(JSON.parse(entry.line)[field]))
      .sort((a, b) => a - b);
    return values.length === 0 ? [] : [{ labels: {}, value: values[Math.floor(Number(share) * (values.length - 1))] }];
  }
  const counted = /^sum by \((\w+)\) \(count_over_time\((\{[^}]*\}.*)\[\d+s\]\)\)$/.exec(logql);
  if (counted === null) {
    throw new Error(`not understood: ${logql}`);
  }
  const [, name, query] = counted;
  const counts = new Map<string, number>();
  for (const entry of all.filter((one) => matches(one, query.trim()))) {
    const value = entry.labels[name] ?? JSON.parse(entry.line)[name] ?? '';
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ labels: { [name]: value }, value: count }));
}
