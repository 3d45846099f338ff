/**
 * The labels of one line while it runs through a pipeline. Three categories with Loki's precedence: what a parser
 * extracted hides structured metadata, which hides stream labels. `__error__` and `__error_details__` are kept separately.
 *
 * One builder serves all lines of a stream: `reset` before each line.
 */
import {
  EMPTY_LABELS,
  ERROR_DETAILS_LABEL,
  ERROR_LABEL,
  type LabelSet,
  labelSet,
  PRESERVE_ERROR_LABEL,
} from './label-set';
import { type ParserHints } from './parser-hints';

type LabelCategory = 'stream' | 'metadata' | 'parsed';

export interface CategorizedLabels {
  readonly stream: LabelSet;
  readonly metadata: ReadonlyArray<readonly [string, string]>;
  readonly parsed: ReadonlyArray<readonly [string, string]>;
}

export class LabelBuilder {
  private readonly base: ReadonlyMap<string, string>;
  private readonly added = {
    stream: new Map<string, string>(),
    metadata: new Map<string, string>(),
    parsed: new Map<string, string>(),
  };
  private readonly deleted = new Set<string>();
  private readonly results = new Map<string, LabelSet>();
  error = '';
  errorDetails = '';

  constructor(
    private readonly stream: LabelSet,
    readonly hints: ParserHints
  ) {
    this.base = new Map(stream.pairs);
  }

  reset(metadata: ReadonlyArray<readonly [string, string]>): void {
    this.added.stream.clear();
    this.added.metadata.clear();
    this.added.parsed.clear();
    this.deleted.clear();
    this.error = '';
    this.errorDetails = '';
    this.hints.reset();
    for (const [name, value] of metadata) {
      this.set('metadata', this.base.has(name) ? `${name}_extracted` : name, value);
    }
  }

  get(name: string): string | undefined {
    return this.lookUp(name)?.value;
  }

  lookUp(name: string): { readonly value: string; readonly category: LabelCategory } | undefined {
    for (const category of ['stream', 'metadata', 'parsed'] as const) {
      const value = this.added[category].get(name);
      if (value !== undefined) {
        return { value, category };
      }
    }
    if (this.deleted.has(name)) {
      return undefined;
    }
    const value = this.base.get(name);
    return value === undefined || value === '' ? undefined : { value, category: 'stream' };
  }

  /** The value that a string filter compares: an absent label is empty, and `__error__` is a label too. */
  filterValue(name: string): string {
    return name === ERROR_LABEL ? this.error : (this.get(name) ?? '');
  }

  /** The name under which a parser stores a field: stream labels and metadata keep their name to themselves. */
  parsedName(name: string): string {
    return this.base.has(name) || this.added.metadata.has(name) ? `${name}_extracted` : name;
  }

  set(category: LabelCategory, name: string, value: string): void {
    const { stream, metadata, parsed } = this.added;
    if (category === 'parsed') {
      metadata.delete(name);
      stream.delete(name);
      parsed.set(name, value);
      this.hints.recordExtracted(name);
      return;
    }
    if (parsed.has(name) || (category === 'stream' && metadata.has(name))) {
      return;
    }
    if (category === 'metadata') {
      stream.delete(name);
    }
    this.added[category].set(name, value);
  }

  delete(name: string): void {
    this.added.stream.delete(name);
    this.added.metadata.delete(name);
    this.added.parsed.delete(name);
    this.deleted.add(name);
  }

  setError(kind: string, details: string): void {
    this.error = kind;
    this.errorDetails = details;
    if (this.hints.preserveError) {
      this.set('parsed', PRESERVE_ERROR_LABEL, 'true');
    }
  }

  categorized(): CategorizedLabels {
    const { stream, metadata, parsed } = this.added;
    const errors: Array<[string, string]> = [];
    if (this.error !== '') {
      errors.push([ERROR_LABEL, this.error]);
    }
    if (this.errorDetails !== '') {
      errors.push([ERROR_DETAILS_LABEL, this.errorDetails]);
    }
    const unchanged = this.deleted.size === 0 && stream.size === 0 && metadata.size === 0 && parsed.size === 0;
    if (unchanged) {
      return { stream: this.stream, metadata: [], parsed: errors };
    }
    const streamPairs: Array<readonly [string, string]> = [];
    let streamChanged = false;
    for (const pair of this.stream.pairs) {
      const [name] = pair;
      if (this.deleted.has(name) || metadata.has(name) || parsed.has(name)) {
        streamChanged = true;
        continue;
      }
      const replaced = stream.get(name);
      streamChanged ||= replaced !== undefined;
      streamPairs.push(replaced === undefined ? pair : [name, replaced]);
    }
    return {
      stream: streamChanged ? labelSet(streamPairs) : this.stream,
      metadata: [...metadata],
      parsed: [...parsed, ...errors],
    };
  }

  all(): LabelSet {
    const { stream, metadata, parsed } = this.categorized();
    return metadata.length === 0 && parsed.length === 0 ? stream : labelSet([...stream.pairs, ...metadata, ...parsed]);
  }

  /** The labels of a sample under the grouping of `hints`. A line with an error keeps all labels, so that it shows. */
  grouped(): LabelSet {
    const { groups, without, noLabels } = this.hints;
    if (this.error !== '') {
      return this.all();
    }
    if (noLabels) {
      return EMPTY_LABELS;
    }
    if (groups.length === 0) {
      return this.all();
    }
    if (without) {
      const { stream, metadata, parsed } = this.categorized();
      return labelSet([...stream.pairs, ...metadata, ...parsed].filter(([name]) => !groups.includes(name)));
    }
    // Millions of lines fall into a handful of groups: the label sets are made once each.
    const values = groups.map((name) => this.groupValue(name));
    const cacheKey = values.map((value) => (value === undefined ? '-' : `${value.length}:${value}`)).join('');
    const cached = this.results.get(cacheKey);
    if (cached !== undefined) {
      return cached;
    }
    const result = labelSet(
      groups.flatMap((name, index) => {
        const value = values[index];
        return value === undefined ? [] : [[name, value] as const];
      })
    );
    this.results.set(cacheKey, result);
    return result;
  }

  private groupValue(name: string): string | undefined {
    if (this.deleted.has(name)) {
      return undefined;
    }
    const { parsed, metadata, stream } = this.added;
    return stream.get(name) ?? metadata.get(name) ?? parsed.get(name) ?? this.base.get(name);
  }
}
