/**
 * Redis, MySQL and PostgreSQL: the recorded dialogues (testdata/protocols) given to the parsers in every way that a network may give them: cut
 * anywhere, with holes, broken.
 */
import fc from 'fast-check';
import { type Exchange } from '../src/l7/exchange';
import { mysql } from '../src/l7/mysql/parser';
import { postgresql } from '../src/l7/postgresql/parser';
import { Probe, type L7Protocol } from '../src/l7/protocol';
import { redis } from '../src/l7/redis/parser';
import { countingEvents } from './build/counting-events';
import { recordedPackets, recordingNames } from './build/protocol-recordings';

interface Segment {
  readonly fromClient: boolean;
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly nowNs: number;
}

/** Payloads of each connection in the order of their capture: nothing lost, nothing repeated. */
function dialogues(name: string): Segment[][] {
  const connections = new Map<number, { readonly client: number; readonly segments: Segment[] }>();
  for (const { bytes: frame, tsNs, tcp } of recordedPackets(name)) {
    if (tcp === undefined) {
      continue;
    }
    const [from, to] = [frame.readUInt16BE(tcp), frame.readUInt16BE(tcp + 2)];
    const isSyn = (frame[tcp + 13] & 0x12) === 0x02;
    if (isSyn) {
      connections.set(from, { client: from, segments: [] });
    }
    const connection = connections.get(from) ?? connections.get(to);
    const start = tcp + 4 * (frame[tcp + 12] >> 4);
    const end = 14 + frame.readUInt16BE(16);
    if (connection !== undefined && end > start) {
      connection.segments.push({
        fromClient: from === connection.client,
        seq: frame.readInt32BE(tcp + 4),
        bytes: frame.subarray(start, end),
        nowNs: Number(tsNs % 100_000_000_000_000n),
      });
    }
  }
  return [...connections.values()].map((c) => c.segments).filter((segments) => segments.length > 0);
}

interface Reported {
  readonly ended: Exchange[];
  began: number;
  orphans: number;
}

function feed(protocol: L7Protocol, segments: ReadonlyArray<Segment | { readonly gap: Segment }>): Reported {
  const reported: Reported = { ended: [], began: 0, orphans: 0 };
  const parser = protocol.createParser({
    ...countingEvents({ began: 0, ended: 0 }),
    began: () => reported.began++,
    ended: (exchange) => reported.ended.push(exchange),
    endedPooled: (exchange) => reported.ended.push(exchange),
    orphanResponse: () => reported.orphans++,
  });
  let nowNs = 0;
  for (const item of segments) {
    const s = 'gap' in item ? item.gap : item;
    nowNs = s.nowNs;
    if ('gap' in item) {
      parser.gap(s.fromClient, s.bytes.length, nowNs);
    } else {
      parser.data(s.fromClient, s.bytes, 0, s.bytes.length, s.seq, nowNs);
    }
  }
  parser.end(nowNs, false);
  return reported;
}

const essence = (x: Exchange) =>
  [
    x.requestIdHigh,
    x.requestIdLow,
    x.op,
    x.resource,
    x.status,
    x.outcome,
    x.requestSeq,
    x.responseSeq,
    x.requestBytes,
    x.responseBytes,
  ].join(' ');

function cut(segments: readonly Segment[], places: readonly number[]): Segment[] {
  return segments.flatMap((s, i) => {
    const cuts = [...new Set(places.map((place) => (place * (i + 1)) % s.bytes.length))].filter((c) => c > 0);
    const sorted = [0, ...cuts.sort((a, b) => a - b)];
    return sorted.map((from, n) => ({
      ...s,
      seq: (s.seq + from) | 0,
      bytes: s.bytes.slice(from, sorted[n + 1] ?? s.bytes.length),
    }));
  });
}

describe.each<readonly [string, L7Protocol]>([
  ['redis', redis],
  ['mysql', mysql],
  ['postgresql', postgresql],
])('%s', (name, protocol) => {
  const all = dialogues(name);
  const numRuns = 60;

  it('is recognised from its first payload, and no payload of the others is certain to be it', () => {
    for (const [first] of all) {
      const probe = protocol.probe(first.bytes, 0, first.bytes.length, 40000, 7);
      expect([Probe.Request, Probe.Response, Probe.Unsure]).toContain(probe);
    }
    for (const other of recordingNames().filter((n) => n !== name)) {
      for (const segment of dialogues(other).flat()) {
        const probe = protocol.probe(segment.bytes, 0, segment.bytes.length, 40000, 7);
        expect([Probe.NotOurs, Probe.Unsure]).toContain(probe);
      }
    }
  });

  it('has the same exchanges however the streams are cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.array(fc.nat(10_000), { maxLength: 6 }), (segments, places) => {
        expect(feed(protocol, cut(segments, places)).ended.map(essence)).toEqual(
          feed(protocol, segments).ended.map(essence)
        );
      }),
      { numRuns }
    );
  });

  it('has them byte by byte', () => {
    for (const segments of all) {
      const single = segments.flatMap((s) =>
        Array.from(s.bytes, (_, i) => ({ ...s, seq: (s.seq + i) | 0, bytes: s.bytes.slice(i, i + 1) }))
      );
      expect(feed(protocol, single).ended.map(essence)).toEqual(feed(protocol, segments).ended.map(essence));
    }
  });

  it('pairs nothing wrongly over a hole, and goes on after it', () => {
    let lost = 0;
    let kept = 0;
    for (const segments of all) {
      const whole = new Map(feed(protocol, segments).ended.map((x) => [x.requestSeq, x]));
      segments.forEach((gap, hole) => {
        const reported = feed(
          protocol,
          segments.map((s, i) => (i === hole ? { gap } : s))
        );
        expect(reported.ended).toHaveLength(reported.began);
        for (const x of reported.ended.filter((other) => other.answered && other.outcome !== 'gap')) {
          expect([`hole ${hole} ${x.op}`, x.status, x.requestSeq, x.responseSeq]).toEqual([
            `hole ${hole} ${x.op}`,
            whole.get(x.requestSeq)?.status,
            x.requestSeq,
            whole.get(x.requestSeq)?.responseSeq,
          ]);
          kept++;
        }
        lost += whole.size;
      });
    }
    // What does not touch the hole is paired, but in pipelines, whose place is lost; and many connections hold one command only.
    expect(kept / lost).toBeGreaterThan(0.4);
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(255), fc.nat(3)), { minLength: 1, maxLength: 8 }),
        (segments, changes) => {
          const changed: Array<Segment | { readonly gap: Segment }> = segments.map((s) => ({
            ...s,
            bytes: s.bytes.slice(),
          }));
          for (const [which, place, value, what] of changes) {
            const at = which % changed.length;
            const item = changed[at];
            const s = 'gap' in item ? item.gap : item;
            if (what === 0) {
              changed[at] = { gap: s };
            } else if (what === 1) {
              changed[at] = { ...s, fromClient: !s.fromClient };
            } else {
              s.bytes[place % s.bytes.length] = value;
            }
          }
          const reported = feed(protocol, changed);
          expect(new Set(reported.ended).size).toBe(reported.ended.length);
          expect(reported.ended).toHaveLength(reported.began);
        }
      ),
      { numRuns: 400 }
    );
  });
});
