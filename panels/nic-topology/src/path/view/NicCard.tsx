import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Box, CARD_LINE_PX } from '../layout/path-layout';
import { type NicPath } from '../model/path';
import { cardLines, nicKind, nodeName, nodeSentence } from '../model/node-text';
import { NicDetails } from './NicDetails';

interface Props {
  readonly path: NicPath;
  readonly index: number;
  readonly box: Box;
  /** The hop to the next NIC in words. */
  readonly hop: string;
  /** The card spans the panel. */
  readonly wide: boolean;
  readonly href: string | undefined;
}

/** One NIC. Its mark is round where it is virtual, square where physical, grey where that is unknown; an end that was not observed has a dashed border. */
export function NicCard({ path, index, box, hop, wide, href }: Props) {
  const styles = useStyles2(getStyles);
  const node = path.nodes[index];
  const kind = !node.observed ? 'outside' : nicKind(node) || 'unsaid';
  const [title, ...lines] = cardLines(path, index, wide);
  const isBad = lines.some(({ tone, text }) => tone === 'danger' && text !== '');
  return (
    <li className={styles.item} style={{ left: box.x, top: box.y, width: box.width, height: box.height }}>
      <Tooltip content={<NicDetails path={path} index={index} />} placement="bottom" interactive>
        <div
          data-nic
          tabIndex={0}
          role="group"
          aria-label={nodeSentence(path, index)}
          className={cx(styles.card, styles[kind], isBad && styles.bad)}
        >
          <div className={cx(styles.line, styles.title)}>
            <span className={cx(styles.mark, styles[`${kind}Mark`])} />
            <span className={styles.name}>{title.text}</span>
          </div>
          {lines.map((line, i) => (
            <div
              key={i}
              className={cx(styles.line, styles[line.tone], line.tabular === true && styles.tabular)}
              title={line.text}
            >
              {line.text}
            </div>
          ))}
        </div>
      </Tooltip>
      {href !== undefined && (
        <a
          className={cx(styles.button, wide && styles.inside)}
          href={href}
          target="_blank"
          rel="noopener noreferrer"
          title="Open this NIC's record in a new tab"
          aria-label={`Open the record of ${nodeName(node)} in a new tab`}
        >
          <Icon name="external-link-alt" size="sm" />
        </a>
      )}
      <span className={styles.unseen}>{hop}</span>
    </li>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const purple = theme.visualization.getColorByName(theme.isDark ? 'light-purple' : 'dark-purple');
  const blue = theme.visualization.getColorByName(theme.isDark ? 'light-blue' : 'dark-blue');
  return {
    item: css({ position: 'absolute' }),
    card: css({
      height: '100%',
      padding: '8px 10px',
      borderRadius: theme.shape.radius.default,
      border: `1px solid ${theme.colors.border.medium}`,
      background: theme.colors.background.secondary,
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: 2 },
    }),
    virtual: css({ borderColor: purple }),
    physical: css({ borderColor: blue }),
    unsaid: css({ borderColor: theme.colors.border.strong }),
    outside: css({ borderStyle: 'dashed', background: 'transparent' }),
    bad: css({ borderColor: theme.colors.error.border, borderWidth: 2, padding: '7px 9px' }),
    line: css({
      height: CARD_LINE_PX,
      lineHeight: `${CARD_LINE_PX}px`,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
    }),
    title: css({ display: 'flex', alignItems: 'center', gap: 6, fontWeight: theme.typography.fontWeightMedium }),
    name: css({ overflow: 'hidden', textOverflow: 'ellipsis' }),
    mark: css({ flex: 'none', width: 10, height: 10 }),
    virtualMark: css({ borderRadius: '50%', background: purple }),
    physicalMark: css({ background: blue }),
    unsaidMark: css({ background: theme.colors.text.secondary }),
    outsideMark: css({ border: `1px dashed ${theme.colors.text.secondary}` }),
    plain: css({ color: theme.colors.text.primary }),
    secondary: css({ color: theme.colors.text.secondary }),
    strong: css({ color: theme.colors.text.maxContrast }),
    changed: css({ color: theme.colors.warning.text }),
    attention: css({ color: theme.colors.warning.text }),
    danger: css({ color: theme.colors.error.text }),
    tabular: css({ fontVariantNumeric: 'tabular-nums' }),
    button: css({
      position: 'absolute',
      top: -13,
      right: 8,
      width: 28,
      height: 26,
      display: 'grid',
      placeItems: 'center',
      borderRadius: theme.shape.radius.default,
      color: theme.colors.text.secondary,
      background: theme.colors.background.primary,
      border: `1px solid ${theme.colors.border.medium}`,
      '&:hover': { color: theme.colors.primary.contrastText, background: theme.colors.primary.main },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
    }),
    // Above a card that spans the panel are labels; in it there is room for a thumb.
    inside: css({ top: 6, right: 6, width: 36, height: 36 }),
    unseen: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }),
  };
};
