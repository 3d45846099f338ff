import { css, cx } from '@emotion/css';
import { type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { IconButton, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { packetRecord } from '../export/packet-record';
import { type AckedSegments } from '../model/acked-segments';
import { type Ladder } from '../model/ladder';
import { cardFields } from './card-fields';
import { FieldList } from './FieldList';

export const DETAILS_WIDTH_PX = 320;

const FORMS: Array<{ value: 'fields' | 'json'; label: string }> = [
  { value: 'fields', label: 'Packet' },
  { value: 'json', label: 'JSON' },
];

interface Props {
  readonly ladder: Ladder;
  readonly row: number;
  readonly acked: AckedSegments;
  readonly timeZone: TimeZone;
  /** Over the ladder instead of beside it. */
  readonly floating: boolean;
  readonly onCopy: (text: string) => void;
  readonly onClose: () => void;
}

/** The selected packet, to be read and copied. */
export function PacketDetails({ ladder, row, acked, timeZone, floating, onCopy, onClose }: Props) {
  const styles = useStyles2(getStyles);
  const [form, setForm] = useState<'fields' | 'json'>('fields');
  const json = JSON.stringify(packetRecord(ladder.packets, ladder.rows.packet[row]), null, 2);
  return (
    <section className={cx(styles.pane, floating && styles.floating)} aria-label="Packet details">
      <div className={styles.head}>
        <RadioButtonGroup aria-label="Show as" size="sm" options={FORMS} value={form} onChange={setForm} />
        <span className={styles.space} />
        <IconButton name="copy" aria-label="Copy as JSON" onClick={() => onCopy(json)} />
        <IconButton name="times" aria-label="Close details" onClick={onClose} />
      </div>
      <div className={styles.body} tabIndex={0} role="group" aria-label="Packet fields">
        {form === 'json' ? (
          <pre className={styles.json}>{json}</pre>
        ) : (
          <FieldList fields={cardFields(ladder, row, acked, timeZone)} />
        )}
      </div>
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  pane: css({
    width: DETAILS_WIDTH_PX,
    flex: 'none',
    minHeight: 0,
    display: 'flex',
    flexDirection: 'column',
    borderLeft: `1px solid ${theme.colors.border.weak}`,
    background: theme.colors.background.primary,
  }),
  floating: css({
    position: 'absolute',
    zIndex: 5,
    insetInline: 4,
    bottom: 4,
    width: 'auto',
    maxHeight: '60%',
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z3,
  }),
  head: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), padding: theme.spacing(0.5, 1) }),
  space: css({ flex: 1 }),
  body: css({ flex: 1, minHeight: 0, overflow: 'auto', padding: theme.spacing(0.5, 1) }),
  json: css({
    margin: 0,
    padding: theme.spacing(1),
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  }),
});
