/**
 * Which labels a metric query needs from a parser. This is more than an optimisation: a line from which no label
 * is needed is not parsed, and so cannot have a parser error; Loki answers `sum(rate({…} | json [5m]))` over lines that are
 * no JSON, and so does this store.
 */
import { ERROR_LABEL } from './label-set';

const DUPLICATE_SUFFIX = '_extracted';

interface HintOptions {
  readonly groups: readonly string[];
  readonly without: boolean;
  readonly noLabels: boolean;
  /** Labels that filters, formats and the unwrap read. */
  readonly required: readonly string[];
}

export class ParserHints {
  readonly groups: readonly string[];
  readonly without: boolean;
  readonly noLabels: boolean;
  readonly preserveError: boolean;
  /** Empty: every label is wanted. */
  private readonly wanted: ReadonlySet<string>;
  private readonly extracted = new Set<string>();

  constructor({ groups, without, noLabels, required }: HintOptions) {
    this.groups = groups;
    this.without = without;
    this.noLabels = noLabels;
    const limited = noLabels || (!without && groups.length > 0);
    const names = [...required, ...groups].filter((name) => name !== '');
    const withPlain = names.flatMap((name) =>
      name.endsWith(DUPLICATE_SUFFIX) ? [name, name.slice(0, -DUPLICATE_SUFFIX.length)] : [name]
    );
    this.wanted = new Set(limited ? withPlain : []);
    this.preserveError = this.wanted.has(ERROR_LABEL);
  }

  static everything(): ParserHints {
    return new ParserHints({ groups: [], without: false, noLabels: false, required: [] });
  }

  /** What the parsers must find, or undefined where all labels are wanted. */
  get wantedLabels(): ReadonlySet<string> | undefined {
    return this.wanted.size === 0 && !this.noLabels ? undefined : this.wanted;
  }

  reset(): void {
    this.extracted.clear();
  }

  recordExtracted(name: string): void {
    this.extracted.add(name);
  }

  shouldExtract(name: string): boolean {
    return (this.wanted.size === 0 || this.wanted.has(name)) && !this.extracted.has(name);
  }

  shouldExtractPrefix(prefix: string): boolean {
    if (this.wanted.size === 0) {
      return true;
    }
    for (const name of this.wanted) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  get nothingToExtract(): boolean {
    return (this.noLabels && this.wanted.size === 0) || this.allExtracted;
  }

  get allExtracted(): boolean {
    if (this.wanted.size === 0 || this.extracted.size < this.wanted.size) {
      return false;
    }
    for (const name of this.wanted) {
      if (!this.extracted.has(name)) {
        return false;
      }
    }
    return true;
  }
}
