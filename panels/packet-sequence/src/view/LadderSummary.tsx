import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { pluralText } from '@bpfnet/flow-model/quantity-text';
import { useStyles2 } from '@grafana/ui';
import React, { memo } from 'react';
import { type CaptureMark } from '../model/capture-marks';
import { type Ladder } from '../model/ladder';

interface Props {
  readonly ladder: Ladder;
  readonly captureMarks: readonly CaptureMark[];
  /** None of the packets is of the request that was asked for. */
  readonly requestMissing: boolean;
  /** The page of the connection. */
  readonly connectionHref: string | undefined;
}

const NOT_WRITTEN =
  'The packets of this request are not included. While a connection is open, its packets are written every 30 s.';

/** How much there is, what the capture dropped, and how timestamps were corrected. */
export const LadderSummary = memo(function LadderSummary({
  ladder,
  captureMarks,
  requestMissing,
  connectionHref,
}: Props) {
  const styles = useStyles2(getStyles);
  const summary = summaryOf(ladder);
  const when = captureMarks.map(({ text }) => text).join('\n');
  return (
    <p className={styles.summary}>
      {summary.counts},{' '}
      <span className={summary.hasDrops ? styles.lost : undefined} title={when || undefined}>
        {summary.capture}
      </span>
      {summary.part && (
        <>
          {` · ${summary.part.what}; `}
          {connectionHref === undefined ? (
            summary.part.connection
          ) : (
            <a className={styles.link} href={connectionHref} target="_blank" rel="noopener noreferrer">
              {summary.part.connection}
            </a>
          )}
        </>
      )}
      {ladder.notes.length > 0 && ` · ${ladder.notes.join(' ')}`}
      {requestMissing && <span className={styles.lost}>{` · ${NOT_WRITTEN}`}</span>}
    </p>
  );
});

interface Summary {
  /** `14 packets, 5 NICs` */
  readonly counts: string;
  /** `no capture drops`, `12 capture drops` */
  readonly capture: string;
  readonly hasDrops: boolean;
  /** Which part of the connection is shown; undefined for all of it. */
  readonly part: { readonly what: string; readonly connection: string } | undefined;
}

const PARTS = {
  'has-more': { what: 'chunks of this request only', connection: 'the connection has more packets' },
  unknown: { what: 'chunks of this request only', connection: 'the connection may have more packets' },
} as const;

function summaryOf(ladder: Ladder): Summary {
  const lanes = ladder.mode === 'nics' ? ladder.lanes : [ladder.packets.lanes[ladder.lane]];
  const drops = lanes.reduce((sum, lane) => sum + lane.captureDrops, 0);
  const packets = lanes.reduce((sum, lane) => sum + lane.fetched, 0);
  const nics = lanes.length > 1 ? `, ${pluralText(lanes.length, 'NIC')}` : '';
  return {
    counts: pluralText(packets, 'packet') + nics,
    capture: drops === 0 ? 'no capture drops' : pluralText(drops, 'capture drop'),
    hasDrops: drops > 0,
    part: ladder.packets.part && PARTS[ladder.packets.part],
  };
}

const getStyles = (theme: GrafanaTheme2) => ({
  summary: css({
    margin: 0,
    padding: theme.spacing(0, 1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  link: css({ color: theme.colors.text.link, textDecoration: 'underline' }),
  lost: css({ color: theme.colors.warning.text }),
});
