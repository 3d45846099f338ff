/** A story as frames: one per part, each readable as a plain table. */
import { type DataFrame } from '@grafana/data';
import { type Columns } from '@bpfnet/flow-model/frame-columns';
import {
  CAVEAT_COLUMNS,
  type CaveatRow,
  FrameKind,
  LOSS_COLUMNS,
  type LossRow,
  VERDICT_COLUMNS,
  VERDICT_PART_COLUMNS,
  type VerdictPartRow,
  type VerdictRow,
} from '@bpfnet/flow-model/frames';
import { caveatTexts } from '../correlate/caveats/caveat-text';
import { type ConnectionStory } from '../correlate/connection-story';
import { costText } from '../correlate/verdict/cost-text';
import { orderPath } from '../path/path-order';
import { summaryOf } from '../path/request-words';
import { oncePerNic, pathPointOf } from '../path/exchange-at-nic';
import { type Verdict } from '../correlate/verdict/verdict';
import { type LookUpResult } from '../fetch/connection-records';
import { type StoredL7 } from '../fetch/record-reader';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { columnsFrame } from './columns-frame';
import { costStats, warnings } from './frame-parts';
import { headlineText, PART_TITLES, Places, whatText } from './story-words';

interface VerdictFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
  readonly cost: LookUpResult['cost'];
  /** The request at its NICs; none where the connection was not established. */
  readonly spans: readonly StoredL7[];
}

export function verdictFrame(
  story: ConnectionStory,
  verdict: Verdict,
  { refId, notes, cost, spans }: VerdictFrameOptions
): DataFrame {
  const first = orderPath(oncePerNic(spans).map(pathPointOf)).points[0]?.span;
  const row: VerdictRow = {
    time: first === undefined ? 0 : Number(first.tsNs / 1_000_000n),
    headline: headlineText(verdict, first?.record.outcome),
    sentence: verdict.sentence,
    cause: verdict.cause,
    summary: first === undefined ? '' : summaryOf(first.record),
    totalMs: verdict.totalMs,
    requestId: verdict.requestId,
    flowShard: first?.shard ?? null,
    tsNs: first?.tsNs.toString() ?? '',
  };
  return columnsFrame([row], VERDICT_COLUMNS, {
    name: FrameKind.Verdict,
    refId,
    meta: {
      preferredVisualisationType: 'table',
      notices: warnings(notes),
      stats: costStats(cost),
      custom: { kind: FrameKind.Verdict, verdict, nics: story.nics, clocks: story.clocks },
    },
  });
}

/** A part without a row, of a story that was not found or that has no such part. */
export function emptyStoryFrame(
  part: 'verdict' | 'parts' | 'losses' | 'caveats',
  options: { readonly refId: string; readonly notice: string }
): DataFrame {
  switch (part) {
    case 'verdict':
      return emptyFrame(FrameKind.Verdict, VERDICT_COLUMNS, options);
    case 'parts':
      return emptyFrame(FrameKind.VerdictParts, VERDICT_PART_COLUMNS, options);
    case 'losses':
      return emptyFrame(FrameKind.Losses, LOSS_COLUMNS, options);
    case 'caveats':
      return emptyFrame(FrameKind.Caveats, CAVEAT_COLUMNS, options);
    default:
      return assertUnreachable(part);
  }
}

function emptyFrame(
  kind: FrameKind,
  columns: Columns,
  { refId, notice }: { readonly refId: string; readonly notice: string }
): DataFrame {
  return columnsFrame([], columns, {
    name: kind,
    refId,
    meta: { preferredVisualisationType: 'table', notices: warnings([notice]), custom: { kind } },
  });
}

/** Parts in their order, each followed by what causes cost within it. */
export function partsFrame({ verdict, nics }: ConnectionStory, refId: string): DataFrame {
  const places = new Places(nics);
  const share = (ms: number) => (verdict === null || verdict.totalMs === 0 ? 0 : ms / verdict.totalMs);
  const rows = (verdict?.parts ?? []).flatMap((part): VerdictPartRow[] => [
    {
      part: part.name,
      title: PART_TITLES[part.name],
      kind: 'part',
      ms: part.ms,
      durationS: part.ms / 1000,
      share: share(part.ms),
      ifSymmetricMs: part.ifSymmetricMs,
      atMostMs: part.atMostMs,
      atMostS: part.atMostMs === null ? null : part.atMostMs / 1000,
      evidence: places.evidence(part.from, part.to),
    },
    ...(verdict?.costs ?? [])
      .filter((cost) => cost.part === part.name)
      .map((cost): VerdictPartRow => ({
        part: part.name,
        title: costText(cost, nics),
        kind: 'cost',
        ms: cost.ms,
        durationS: cost.ms / 1000,
        share: share(cost.ms),
        ifSymmetricMs: null,
        atMostMs: null,
        atMostS: null,
        evidence: places.evidence(cost.packets[0] ?? null, cost.packets[cost.packets.length - 1] ?? null),
      })),
  ]);
  return columnsFrame(rows, VERDICT_PART_COLUMNS, {
    name: FrameKind.VerdictParts,
    refId,
    meta: { preferredVisualisationType: 'table', custom: { kind: FrameKind.VerdictParts } },
  });
}

export function lossesFrame({ retransmissions, nics, losses }: ConnectionStory, refId: string): DataFrame {
  const places = new Places(nics);
  const rows = retransmissions.map((one): LossRow => ({
    time: Number(BigInt(one.again.tsNs) / 1_000_000n),
    tsNs: one.again.tsNs,
    sender: one.sender,
    ...whatText(one),
    seq: one.seq,
    length: one.length,
    waitedMs: one.waitedMs,
    fate: places.fate(one.fateOfBefore),
    flowId: one.again.flowId,
    chunkId: one.again.chunkId,
    index: one.again.index,
  }));
  return columnsFrame(rows, LOSS_COLUMNS, {
    name: FrameKind.Losses,
    refId,
    meta: {
      preferredVisualisationType: 'table',
      notices: rows.length > 0 ? [] : [{ severity: 'info', text: 'No retransmissions.' }],
      custom: { kind: FrameKind.Losses, hops: losses },
    },
  });
}

const NO_CAVEAT = 'No known caveats.';

export function caveatsFrame({ caveats, nics }: ConnectionStory, refId: string): DataFrame {
  const known = caveatTexts(caveats, nics);
  const rows: readonly CaveatRow[] = known.length > 0 ? known : [{ kind: 'none', text: NO_CAVEAT }];
  return columnsFrame(rows, CAVEAT_COLUMNS, {
    name: FrameKind.Caveats,
    refId,
    meta: { preferredVisualisationType: 'table', custom: { kind: FrameKind.Caveats } },
  });
}
