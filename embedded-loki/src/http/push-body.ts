/**
 * The body of a push: `{"streams":[{"stream":{…},"values":[["<ns>","line"],["<ns>","line",{…}]]}]}`. All that is
 * ever stored comes through here: labels and lines are validated here and nowhere else.
 */
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { labelSet } from '../logql/label-set';
import { type NewEntry, type NewStreamEntries } from '../storage/new-entry';
import { RequestError } from './request-error';

/** After decompression. Loki's own limit on a push is 100 MB compressed; a collector's batch is a few MB. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Loki's defaults. */
const MAX_LINE_BYTES = 256 * 1024;
const MAX_LABELS = 15;
const MAX_NAME_LENGTH = 1024;
const MAX_VALUE_LENGTH = 2048;

type RejectReason = 'invalid_labels' | 'missing_labels' | 'line_too_long' | 'label_limit';

interface Rejection {
  readonly reason: RejectReason;
  readonly entries: number;
  readonly message: string;
}

interface Push {
  readonly streams: readonly NewStreamEntries[];
  /** The rejected part of an otherwise good push: the rest is stored, as Loki does. */
  readonly rejections: readonly Rejection[];
}

export async function decompress(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') {
    return body;
  }
  const codec = { gzip: promisify(gunzip), deflate: promisify(inflate) }[name];
  if (codec === undefined) {
    throw new RequestError(400, `Content-Encoding ${JSON.stringify(encoding)} not supported`);
  }
  try {
    return await codec(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new RequestError(413, `request body too large: more than ${MAX_BODY_BYTES} bytes when decompressed`);
    }
    throw new RequestError(
      400,
      `the body is not valid ${name}: ${error instanceof Error ? error.message : String(error)}`
    );
  }
}

export function readPush(body: Buffer): Push {
  const parsed = parseJson(body);
  const listed = field(parsed, 'streams');
  if (!Array.isArray(listed)) {
    throw new RequestError(400, 'the push has no array "streams"');
  }
  if (listed.length === 0) {
    throw new RequestError(422, 'error at least one valid stream is required for ingestion');
  }
  const rejections: Rejection[] = [];
  const streams = listed.flatMap((stream: unknown, at): readonly NewStreamEntries[] => {
    const labels = readLabels(field(stream, 'stream'), `streams[${at}].stream`);
    const values = field(stream, 'values');
    if (!Array.isArray(values)) {
      throw new RequestError(400, `streams[${at}] has no array "values"`);
    }
    const set = labelSet(labels);
    const refused = checkLabels(labels, set.key);
    if (refused !== undefined) {
      rejections.push({ ...refused, entries: values.length });
      return [];
    }
    const entries: NewEntry[] = [];
    values.forEach((value: unknown, row) => {
      const entry = readEntry(value, `streams[${at}].values[${row}]`);
      // A UTF-16 unit is one to three bytes: only lines near the limit need counting.
      const length = entry.line.length * 3 > MAX_LINE_BYTES ? Buffer.byteLength(entry.line) : 0;
      if (length > MAX_LINE_BYTES) {
        rejections.push({
          reason: 'line_too_long',
          entries: 1,
          message: `max entry size '${MAX_LINE_BYTES}' bytes exceeded for stream '${set.key}' while adding an entry with length '${length}' bytes`,
        });
      } else {
        entries.push(entry);
      }
    });
    return [{ labels: set, entries }];
  });
  return { streams, rejections };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new RequestError(
      400,
      `the body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`
    );
  }
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readLabels(value: unknown, where: string): ReadonlyArray<readonly [string, string]> {
  if (!isObject(value)) {
    throw new RequestError(400, `${where} is not an object of labels`);
  }
  return Object.entries(value).map(([name, text]) => {
    if (typeof text !== 'string') {
      throw new RequestError(400, `${where}: the value of label ${JSON.stringify(name)} is not a string`);
    }
    return [name, text] as const;
  });
}

function checkLabels(
  labels: ReadonlyArray<readonly [string, string]>,
  key: string
): Pick<Rejection, 'reason' | 'message'> | undefined {
  if (labels.length === 0) {
    return { reason: 'missing_labels', message: 'error at least one label pair is required per stream' };
  }
  if (labels.length > MAX_LABELS) {
    return {
      reason: 'label_limit',
      message: `entry for stream '${key}' has ${labels.length} label names; limit ${MAX_LABELS}`,
    };
  }
  for (const [name, value] of labels) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
      return {
        reason: 'invalid_labels',
        message: `couldn't parse labels: ${JSON.stringify(name)} is not a label name (letters, digits and _ only)`,
      };
    }
    if (name.length > MAX_NAME_LENGTH) {
      return { reason: 'label_limit', message: `stream '${key}' has label name too long: '${name}'` };
    }
    if (value.length > MAX_VALUE_LENGTH) {
      return { reason: 'label_limit', message: `stream '${key}' has label value too long: '${value}'` };
    }
  }
  return undefined;
}

const NO_METADATA: ReadonlyArray<readonly [string, string]> = [];

function readEntry(value: unknown, where: string): NewEntry {
  if (!Array.isArray(value) || value.length < 2) {
    throw new RequestError(400, `${where} is not ["<nanoseconds>", "<line>"]`);
  }
  const [time, line, metadata]: readonly unknown[] = value;
  if (typeof time !== 'string' || !/^-?\d{1,19}$/.test(time)) {
    throw new RequestError(400, `${where}[0] is not a string of nanoseconds since 1970: ${JSON.stringify(time)}`);
  }
  const tsNs = BigInt(time);
  if (tsNs > 9_223_372_036_854_775_807n || tsNs < -9_223_372_036_854_775_807n) {
    throw new RequestError(400, `${where}[0] is out of range: ${time}`);
  }
  if (typeof line !== 'string') {
    throw new RequestError(400, `${where}[1] is not a string`);
  }
  const pairs = metadata === undefined ? NO_METADATA : readLabels(metadata, `${where}[2]`);
  return { tsNs, line: line.includes('\0') ? line.replaceAll('\0', '\ufffd') : line, metadata: pairs };
}
