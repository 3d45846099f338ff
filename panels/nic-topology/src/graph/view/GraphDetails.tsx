import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, IconButton, LinkButton, useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Found } from '../layout/find-at';
import { type Graph } from '../model/graph';
import { edgeFacts, edgeTitle, nodeFacts } from '../model/graph-text';

interface Props {
  readonly graph: Graph;
  readonly selected: Found;
  readonly href: string | undefined;
  readonly onFlip: (group: string) => void;
  readonly onClose: () => void;
}

/** The selected node or edge, with links and actions. */
export function GraphDetails({ graph, selected, href, onFlip, onClose }: Props) {
  const styles = useStyles2(getStyles);
  const node = selected.kind === 'node' ? graph.nodes[selected.index] : undefined;
  const edge = selected.kind === 'edge' ? graph.edges[selected.index] : undefined;
  const title = node?.title ?? (edge ? edgeTitle(graph, edge) : '');
  const facts = node ? nodeFacts(node) : edge ? edgeFacts(edge) : [];
  return (
    <div className={styles.card} role="region" aria-label={title}>
      <div className={styles.head}>
        <strong className={styles.title}>{title}</strong>
        <IconButton name="times" aria-label="Close" onClick={onClose} />
      </div>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      <div className={styles.actions}>
        {href !== undefined && (
          <LinkButton size="sm" variant="secondary" icon="list-ul" href={href}>
            Show requests
          </LinkButton>
        )}
        {node !== undefined && node.group !== '' && (
          <Button size="sm" variant="secondary" fill="outline" onClick={() => onFlip(node.group)}>
            {node.folded === 'group' ? 'Expand' : `Collapse ${foldTitle(node.group)}`}
          </Button>
        )}
      </div>
    </div>
  );
}

/** `host node-a` → `node-a` */
const foldTitle = (group: string) => group.slice(group.lastIndexOf(' ') + 1) || 'group';

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    position: 'absolute',
    top: theme.spacing(1),
    right: theme.spacing(1),
    width: 280,
    maxWidth: `calc(100% - ${theme.spacing(2)})`,
    maxHeight: `calc(100% - ${theme.spacing(2)})`,
    overflow: 'auto',
    padding: theme.spacing(1),
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  head: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(1) }),
  title: css({ overflowWrap: 'anywhere' }),
  facts: css({
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    columnGap: theme.spacing(1.5),
    margin: theme.spacing(0.5, 0, 0),
    fontVariantNumeric: 'tabular-nums',
    '& dt': { fontWeight: 'normal', color: theme.colors.text.secondary },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  }),
  actions: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    '&:not(:empty)': { marginTop: theme.spacing(1) },
  }),
});
