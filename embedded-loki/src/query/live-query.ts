/** A log query over entries as they are stored. */
import { type LogExpression } from '../logql/ast';
import { LabelBuilder } from '../logql/label-builder';
import { selectorPredicate } from '../logql/matcher';
import { ParserHints } from '../logql/parser-hints';
import { compilePipeline } from '../logql/pipeline';
import { type Row } from '../storage/new-entry';
import { type LogEntry } from './result';

/** The stored rows that pass the query, in their order. */
export function liveQuery({ selector, stages }: LogExpression): (rows: readonly Row[]) => readonly LogEntry[] {
  const isSelected = selectorPredicate(selector);
  const pipeline = compilePipeline(stages);
  const hints = ParserHints.everything();
  // One per stream; undefined for a stream that is not selected.
  const builders = new Map<number, LabelBuilder | undefined>();

  return (rows) =>
    rows.flatMap(({ stream, entry }) => {
      if (!builders.has(stream.id)) {
        const labels = new Map(stream.labels.pairs);
        builders.set(stream.id, isSelected(labels) ? new LabelBuilder(stream.labels, hints) : undefined);
      }
      const labels = builders.get(stream.id);
      if (labels === undefined) {
        return [];
      }
      labels.reset(entry.metadata);
      const line = pipeline(entry.line, labels);
      return line === undefined ? [] : [{ tsNs: entry.tsNs, line, labels: labels.categorized() }];
    });
}
