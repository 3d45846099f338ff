import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type CardField } from './card-fields';
import { FieldList } from './FieldList';

const CARD_WIDTH_PX = 320;

/** Px from the top left of the area that the card stays in. */
interface CardAnchor {
  /** Middle of the row that the card belongs to. */
  readonly x: number;
  readonly y: number;
  readonly rowHeight: number;
  readonly areaWidth: number;
  readonly areaHeight: number;
}

interface Props {
  readonly fields: readonly CardField[];
  readonly anchor: CardAnchor;
}

/** All fields of the row under the pointer. */
export function PacketCard({ fields, anchor }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.card} style={placeCard(anchor, cardHeightPx(fields))} role="tooltip">
      <FieldList fields={fields} />
    </div>
  );
}

/** Estimate for placing the card before it is drawn. */
const cardHeightPx = (fields: readonly CardField[]): number => fields.length * 19 + 18;

/** Below the row, or above it, so that the card neither covers the row nor leaves the area. */
function placeCard(anchor: CardAnchor, heightPx: number): { readonly left: number; readonly top: number } {
  const { x, y, rowHeight, areaWidth, areaHeight } = anchor;
  const below = y + rowHeight / 2 + 4;
  const above = y - rowHeight / 2 - 4 - heightPx;
  const top = below + heightPx <= areaHeight || above < 0 ? below : above;
  return {
    left: Math.max(4, Math.min(areaWidth - CARD_WIDTH_PX - 4, x - CARD_WIDTH_PX / 2)),
    top: Math.max(0, Math.min(top, areaHeight - heightPx)),
  };
}

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
