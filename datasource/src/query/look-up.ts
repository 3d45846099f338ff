/**
 * What to look up, with variables replaced: one id that is certain, or a search term whose shape shows what it may be.
 */
import { type LookUpIds } from './flow-query';
import { type Replace, textOf } from './interpolate';

export type LookUp =
  | { readonly by: 'request' | 'l7Trace' | 'connection' | 'inner' | 'trace'; readonly id: string }
  /** 16 hex digits: a request, or a trace of 64 bits. */
  | { readonly by: 'requestOrTrace'; readonly id: string }
  /** 32 hex digits: a trace, or a connection at one NIC. */
  | { readonly by: 'traceOrInner'; readonly id: string }
  /** `<number>_<number>`: a request or a connection by sequence numbers. */
  | { readonly by: 'numbers'; readonly id: string }
  | { readonly by: 'seq'; readonly id: string; readonly seq: number }
  | { readonly by: 'endpoint'; readonly id: string; readonly address: string; readonly port: number | undefined };

export interface ResolvedLookUp {
  /** Undefined where no id is given. */
  readonly lookUp: LookUp | undefined;
  /** The connection at one NIC, where one is named beside a request. */
  readonly innerTraceId: string;
  /** Undefined where not known. */
  readonly flowShard: number | undefined;
  /** When it happened, ns since the Unix epoch; undefined where not known. */
  readonly atNs?: bigint;
}

/** The first id that is set counts. */
export function lookUpOf(ids: LookUpIds, replace: Replace): ResolvedLookUp {
  const text = (value: string | number | undefined) => {
    const one = textOf(value, replace);
    return isUnresolvedVariable(one) ? '' : one;
  };
  const innerTraceId = text(ids.innerTraceId);
  const requestId = text(ids.requestId);
  const candidates: ReadonlyArray<LookUp | undefined> = [
    // DataKit's records have no id but the numbers.
    { by: NUMBERS.test(requestId) ? 'l7Trace' : 'request', id: requestId },
    { by: 'l7Trace', id: text(ids.l7TraceId) },
    { by: 'connection', id: text(ids.nicTraceId) },
    { by: 'inner', id: innerTraceId },
    searchTermOf(text(ids.searchTerm)),
  ];
  const lookUp = candidates.find((candidate) => candidate !== undefined && candidate.id !== '');
  const shard = text(ids.flowShard);
  const ofOne = lookUp === undefined || namesOne(lookUp);
  return {
    lookUp,
    innerTraceId,
    flowShard: ofOne && /^\d{1,4}$/.test(shard) ? Number(shard) : undefined,
    atNs: ofOne ? momentOf(text(ids.at)) : undefined,
  };
}

/** Shard and moment are those of one request or connection; what else a search term names is elsewhere. */
function namesOne({ by }: LookUp): boolean {
  return by !== 'trace' && by !== 'traceOrInner' && by !== 'endpoint' && by !== 'seq';
}

/** What a search term may be, by its shape; undefined for nothing. */
export function searchTermOf(typed: string): LookUp | undefined {
  const term = typed.trim();
  if (term === '') {
    return undefined;
  }
  if (NUMBERS.test(term)) {
    return { by: 'numbers', id: term };
  }
  if (/^\d{1,10}$/.test(term) && Number(term) <= 0xffffffff) {
    return { by: 'seq', id: term, seq: Number(term) };
  }
  if (/^[0-9a-f]{16}$/i.test(term)) {
    return { by: 'requestOrTrace', id: term };
  }
  if (/^[0-9a-f]{32}$/i.test(term)) {
    return { by: 'traceOrInner', id: term };
  }
  return endpointOf(term) ?? { by: 'trace', id: term };
}

/** `10.1.2.3:80`, `[2001:db8::1]:80`, or an address alone. */
function endpointOf(term: string): LookUp | undefined {
  const [, v4, v4Port] = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(term) ?? [];
  const [, bracketed, v6Port] = /^\[([0-9a-f:.]+)\](?::(\d{1,5}))?$/i.exec(term) ?? [];
  const [bare] = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*$/i.exec(term) ?? [];
  const address = v4 ?? bracketed ?? bare;
  if (address === undefined) {
    return undefined;
  }
  const port = v4Port ?? v6Port;
  return {
    by: 'endpoint',
    id: term,
    address: address.toLowerCase(),
    port: port === undefined ? undefined : Number(port),
  };
}

/** ms have 13 digits from 2001 to 2286, ns have 19. */
function momentOf(text: string): bigint | undefined {
  return /^\d{13}$/.test(text) ? BigInt(text) * 1_000_000n : /^\d{19}$/.test(text) ? BigInt(text) : undefined;
}

const NUMBERS = /^\d{1,10}_\d{1,10}$/;

/** A variable that the dashboard does not have stays as it was typed. */
function isUnresolvedVariable(text: string): boolean {
  return /^\$\w+$|^\$\{[^}]*\}$|^\[\[[^\]]*\]\]$/.test(text);
}

/** Letters, digits and what stands between them in our ids; long enough that a line filter with it selects something. */
export function isId(text: string): boolean {
  return /^[0-9A-Za-z[:][0-9A-Za-z_:+/=.\]-]{2,127}$/.test(text);
}
