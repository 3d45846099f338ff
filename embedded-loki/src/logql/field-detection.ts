/** Which fields lines have, of what type, and how they may be read: what Logs Drilldown offers to filter by. */
import { type LabelSet, hasLabel } from './label-set';
import { parseBytes, parseDuration, parseFloatStrictly } from './literals';
import { scanJsonObject, unescapeJson } from './json-scanner';
import { sanitizeName } from './json-stage';
import { forEachPair } from './logfmt-stage';

type DetectedType = 'int' | 'float' | 'boolean' | 'duration' | 'bytes' | 'string';
type FieldParser = 'json' | 'logfmt';

interface DetectedField {
  readonly name: string;
  type: DetectedType;
  readonly values: Set<string>;
  readonly parsers: Set<FieldParser>;
  jsonPath?: readonly string[];
}

interface DetectableLine {
  readonly line: string;
  readonly stream: LabelSet;
  readonly metadata: ReadonlyArray<readonly [string, string]>;
}

export class FieldDetector {
  private readonly found = new Map<string, DetectedField>();

  /** More fields than `limit` are passed over. */
  constructor(private readonly limit: number) {}

  get fields(): readonly DetectedField[] {
    return [...this.found.values()];
  }

  add({ line, stream, metadata }: DetectableLine): void {
    for (const [name, value] of metadata) {
      this.note(name, value);
    }
    const json: Array<readonly [path: readonly string[], value: string]> = [];
    if (isJsonObject(line, [], json)) {
      for (const [path, value] of json) {
        const name = labelNameOf(path);
        if (name !== '' && !hasLabel(stream, name)) {
          this.note(name, value, { parser: 'json', path });
        }
      }
      return;
    }
    forEachPair(line, false, (key, value) => {
      const name = sanitizeName(key, true);
      if (name !== '' && value !== '' && !hasLabel(stream, name)) {
        this.note(name, value, { parser: 'logfmt' });
      }
      return false;
    });
  }

  private note(
    name: string,
    value: string,
    from?: { readonly parser: FieldParser; readonly path?: readonly string[] }
  ): void {
    let field = this.found.get(name);
    if (field === undefined) {
      if (this.found.size >= this.limit) {
        return;
      }
      field = { name, type: typeOf(value), values: new Set(), parsers: new Set() };
      this.found.set(name, field);
    }
    field.type = field.values.has(value) ? field.type : widened(field.type, typeOf(value));
    field.values.add(value);
    if (from !== undefined) {
      field.parsers.add(from.parser);
      field.jsonPath = from.path ?? field.jsonPath;
    }
  }
}

/** Collects the members of an object, those of objects inside it too. */
function isJsonObject(
  text: string,
  prefix: readonly string[],
  found: Array<readonly [readonly string[], string]>
): boolean {
  const result = scanJsonObject(text, (key, raw, type) => {
    const path = [...prefix, key];
    if (type === 'object') {
      isJsonObject(raw, path, found);
    } else if (type === 'string' || type === 'number' || type === 'boolean') {
      found.push([path, type === 'string' ? unescapeJson(raw) : raw]);
    }
  });
  return result.kind !== 'error';
}

function labelNameOf(path: readonly string[]): string {
  return path.map((part, at) => sanitizeName(part, at === 0)).join('_');
}

/** The type of a field whose values have two. */
function widened(a: DetectedType, b: DetectedType): DetectedType {
  const numbers: readonly DetectedType[] = ['int', 'float'];
  return a === b ? a : numbers.includes(a) && numbers.includes(b) ? 'float' : 'string';
}

function typeOf(value: string): DetectedType {
  if (/^[+-]?\d{1,19}$/.test(value)) {
    return 'int';
  }
  if (parseFloatStrictly(value) !== undefined) {
    return 'float';
  }
  if (/^(t|T|true|TRUE|True|f|F|false|FALSE|False)$/.test(value)) {
    return 'boolean';
  }
  if (parseDuration(value, { goOnly: true }) !== undefined) {
    return 'duration';
  }
  return parseBytes(value) === undefined ? 'string' : 'bytes';
}
