import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type CardField } from './card-fields';
import { FieldList } from './FieldList';

export const CARD_WIDTH_PX = 320;

interface Props {
  readonly fields: readonly CardField[];
  readonly place: { readonly left: number; readonly top: number };
}

/** All fields of the row under the pointer. */
export function PacketCard({ fields, place }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.card} style={place} role="tooltip">
      <FieldList fields={fields} />
    </div>
  );
}

/** Estimate for placing the card before it is drawn. */
export const cardHeightPx = (fields: readonly CardField[]): number => fields.length * 19 + 18;

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    position: 'absolute',
    zIndex: 4,
    width: CARD_WIDTH_PX,
    maxWidth: 'calc(100% - 8px)',
    padding: theme.spacing(1, 1.5),
    pointerEvents: 'none',
    background: theme.colors.background.elevated ?? theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z3,
  }),
});
