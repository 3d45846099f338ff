/**
 * What was asked and answered, as the end of an L7 record's line: operation, resource, status, and the fields of the protocol.
 *
 * Most services answer the same requests again and again, so what was written last stays in a small direct-mapped cache as bytes: the
 * next exchange that says the same is a copy of some words. One that differs in anything takes the place.
 */
import { type Exchange, type ProtocolFields } from '../l7/exchange';
import { WORD } from './ascii-piece';
import { fieldName, type FieldName, fieldNames, type LineText } from './line-text';

const N = fieldNames('l7_op', 'l7_resource', 'l7_status');

export type MessageField = keyof typeof N | keyof ProtocolFields;

/** Texts in the cache: a power of two. */
const CACHED_TEXTS = 512;
/** What is longer is not cached. */
const CACHED_WORDS = 64;
const MAX_FIELDS = 16;

type FieldValue = ProtocolFields[keyof ProtocolFields];

class CachedText {
  /** Of the text in bytes; 0 where there is none. */
  length = 0;
  op = '';
  resource = '';
  status = '';
  fieldCount = 0;
  readonly names: string[] = [];
  readonly values: FieldValue[] = [];
}

const cache: readonly CachedText[] = Array.from({ length: CACHED_TEXTS }, () => new CachedText());
const cachedWords = new Float64Array(CACHED_TEXTS * CACHED_WORDS);

export function messageFields(t: LineText, x: Exchange): void {
  const slot = slotOf(x);
  const known = cache[slot];
  if (saysTheSame(known, x)) {
    t.cached(cachedWords, slot * CACHED_WORDS, known.length);
    return;
  }
  const from = t.end;
  t.text(N.l7_op, x.op)
    .text(N.l7_resource, x.resource === '' ? undefined : x.resource)
    .text(N.l7_status, x.status === '' ? undefined : x.status);
  writeProtocolFields(t, x.fields);
  store(known, x, t.end - from);
  if (known.length > 0) {
    t.cacheInto(cachedWords, slot * CACHED_WORDS, from);
  }
}

/** From a few letters: mostly the end of a resource distinguishes it from others. */
function slotOf({ resource, status }: Exchange): number {
  const { length } = resource;
  let hash = length + (status.length > 0 ? status.charCodeAt(status.length - 1) << 8 : 0);
  for (let i = Math.max(0, length - 6); i < length; i++) {
    hash = Math.imul(hash, 31) + resource.charCodeAt(i);
  }
  return (hash ^ (hash >>> 9)) & (CACHED_TEXTS - 1);
}

function saysTheSame(known: CachedText, x: Exchange): boolean {
  if (known.length === 0 || known.resource !== x.resource || known.op !== x.op || known.status !== x.status) {
    return false;
  }
  const { fields } = x;
  let place = 0;
  for (const name in fields) {
    if (known.names[place] !== name || known.values[place] !== fields[name as keyof ProtocolFields]) {
      return false;
    }
    place++;
  }
  return place === known.fieldCount;
}

function store(known: CachedText, x: Exchange, length: number): void {
  const { fields } = x;
  let place = 0;
  for (const name in fields) {
    known.names[place] = name;
    known.values[place] = fields[name as keyof ProtocolFields];
    place++;
  }
  known.fieldCount = place;
  known.op = x.op;
  known.resource = x.resource;
  known.status = x.status;
  known.length = length <= CACHED_WORDS * WORD && place <= MAX_FIELDS ? length : 0;
}

function writeProtocolFields(t: LineText, fields: ProtocolFields): void {
  for (const name in fields) {
    const value = fields[name as keyof ProtocolFields];
    if (value === undefined) {
      continue;
    }
    const field = protocolField(name as keyof ProtocolFields);
    if (typeof value !== 'number') {
      t.text(field, value);
    } else if (Number.isInteger(value)) {
      t.number(field, value);
    } else {
      t.ms(field, value * 1e6);
    }
  }
}

/** The fields that protocols add; there are as many as their parsers have names for. */
const protocolFields = new Map<keyof ProtocolFields, FieldName>();

function protocolField(name: keyof ProtocolFields): FieldName {
  let field = protocolFields.get(name);
  if (field === undefined) {
    field = fieldName(name);
    protocolFields.set(name, field);
  }
  return field;
}
