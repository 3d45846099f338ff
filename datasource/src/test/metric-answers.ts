/** What a store answers to the metric queries that plans write, over lines in memory. */
import { type LogEntry, type Sample, type Series, type SeriesQuery } from '../loki/loki-client';

interface Lines {
  readonly entries: readonly LogEntry[];
  readonly matches: (entry: LogEntry, logql: string) => boolean;
}

const NS_PER_SECOND = 1_000_000_000n;

export function samplesAt(logql: string, atNs: bigint, lines: Lines): readonly Sample[] {
  const outer = /^max(?: by \(([\w, ]*)\))? \((.*)\)$/s.exec(logql);
  if (outer !== null) {
    const inner = samplesAt(outer[2], atNs, lines);
    return grouped(inner, fieldsOf(outer[1]), ({ labels }, name) => labels[name]).map(({ labels, members }) => ({
      labels,
      value: Math.max(...members.map(({ value }) => value)),
    }));
  }
  const quantile =
    /^quantile_over_time\(([\d.]+), (.*) \| unwrap (\w+) \| __error__="" \[(\d+)s\]\) by \(([\w, ]*)\)$/s.exec(logql);
  if (quantile !== null) {
    const [, share, query, field, seconds, by] = quantile;
    return groupsOf(query, Number(seconds), { atNs, lines, by }).map(({ labels, members }) => {
      const values = members.map((entry) => Number(recordOf(entry)[field])).sort((a, b) => a - b);
      return { labels, value: values[Math.floor(Number(share) * (values.length - 1))] };
    });
  }
  const summed =
    /^sum(?: by \(([\w, ]*)\))? \((count|sum)_over_time\((.*?)(?: \| unwrap (\w+) \| __error__="")? ?\[(\d+)s\]\)\)$/s.exec(
      logql
    );
  if (summed === null) {
    throw new Error(`not understood: ${logql}`);
  }
  const [, by, what, query, field, seconds] = summed;
  return groupsOf(query, Number(seconds), { atNs, lines, by }).map(({ labels, members }) => ({
    labels,
    value:
      what === 'count' ? members.length : members.reduce((sum, entry) => sum + Number(recordOf(entry)[field] ?? 0), 0),
  }));
}

export function seriesOver({ logql, window, stepSeconds }: SeriesQuery, lines: Lines): readonly Series[] {
  const series = new Map<string, { labels: Series['labels']; points: Array<{ timeMs: number; value: number }> }>();
  for (let atNs = window.fromNs; atNs < window.toNs; atNs += BigInt(stepSeconds) * NS_PER_SECOND) {
    for (const { labels, value } of samplesAt(logql, atNs, lines)) {
      const key = JSON.stringify(labels);
      const one = series.get(key) ?? { labels, points: [] };
      series.set(key, one);
      one.points.push({ timeMs: Number(atNs / 1_000_000n), value });
    }
  }
  return [...series.values()];
}

interface Group<T> {
  readonly labels: Readonly<Record<string, string>>;
  readonly members: T[];
}

function groupsOf(
  query: string,
  seconds: number,
  { atNs, lines, by }: { readonly atNs: bigint; readonly lines: Lines; readonly by: string | undefined }
): ReadonlyArray<Group<LogEntry>> {
  const fromNs = atNs - BigInt(seconds) * NS_PER_SECOND;
  const entries = lines.entries.filter(
    (entry) => entry.tsNs > fromNs && entry.tsNs <= atNs && lines.matches(entry, query.trim())
  );
  return grouped(entries, fieldsOf(by), (entry, name) => entry.labels[name] ?? recordOf(entry)[name]);
}

function grouped<T>(
  members: readonly T[],
  fields: readonly string[],
  valueOf: (member: T, field: string) => unknown
): ReadonlyArray<Group<T>> {
  const groups = new Map<string, Group<T>>();
  for (const member of members) {
    const labels = Object.fromEntries(fields.map((field) => [field, String(valueOf(member, field) ?? '')]));
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    groups.set(key, group);
    group.members.push(member);
  }
  return [...groups.values()];
}

function fieldsOf(by: string | undefined): readonly string[] {
  return by === undefined || by === '' ? [] : by.split(', ');
}

function recordOf({ line }: LogEntry): Readonly<Record<string, unknown>> {
  return JSON.parse(line);
}
