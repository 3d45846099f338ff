import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { countText, durationText } from '@bpfnet/flow-model/quantity-text';
import { failedShare, type Graph, type GraphEdge } from '../model/graph';
import { rateText, shareText } from '../model/graph-text';

interface Props {
  readonly graph: Graph;
  /** Only edges at these nodes; all where undefined. */
  readonly matches: readonly number[] | undefined;
  readonly hrefOf: (edge: GraphEdge) => string | undefined;
}

const PAGE = 100;

/** The edges of the graph as a table, worst first. */
export function GraphTable({ graph, matches, hrefOf }: Props) {
  const styles = useStyles2(getStyles);
  const [shown, setShown] = useState(PAGE);
  const edges = useMemo(() => {
    const at = matches && new Set(matches);
    return graph.edges
      .filter(({ source, target }) => at === undefined || at.has(source) || at.has(target))
      .sort((a, b) => badness(b) - badness(a) || (b.requests ?? 0) - (a.requests ?? 0));
  }, [graph, matches]);
  const name = (node: number) => {
    const { title, host, podName } = graph.nodes[node];
    return podName === '' && host !== '' && host !== title ? `${title} on ${host}` : title;
  };
  return (
    <div className={styles.scroller} tabIndex={0} role="region" aria-label="Edges as a list">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Rate</th>
            <th scope="col">Failed</th>
            <th scope="col">Round trip p95</th>
            <th scope="col">Retransmissions</th>
            <th scope="col">Lost requests</th>
          </tr>
        </thead>
        <tbody>
          {edges.slice(0, shown).map((edge) => {
            const href = hrefOf(edge);
            const share = failedShare(edge);
            return (
              <tr key={`${edge.source} ${edge.target} ${edge.id}`}>
                <td>{name(edge.source)}</td>
                <td>{href === undefined ? name(edge.target) : <a href={href}>{name(edge.target)}</a>}</td>
                <td>{edge.perSecond === null ? edge.stats[0] : rateText(edge.perSecond)}</td>
                <td className={(share ?? 0) > 0 ? styles.bad : undefined}>{share === null ? '' : shareText(share)}</td>
                <td>{edge.p95Ms === null ? '' : `${edge.parts > 1 ? '≤ ' : ''}${durationText(edge.p95Ms)}`}</td>
                <td>{edge.retransmissions === null ? '' : countText(edge.retransmissions)}</td>
                <td className={(edge.lost ?? 0) > 0 ? styles.bad : undefined}>
                  {edge.lost === null ? '' : countText(edge.lost)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {edges.length > shown && (
        <Button size="sm" variant="secondary" fill="text" onClick={() => setShown(shown + PAGE)}>
          {`Show more (${countText(edges.length - shown)} left)`}
        </Button>
      )}
    </div>
  );
}

function badness(edge: GraphEdge): number {
  return (edge.lost ?? 0) * 1e9 + (failedShare(edge) ?? 0) * 1e6 + (edge.p95Ms ?? 0);
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroller: css({ height: '100%', overflow: 'auto' }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    '& th': {
      position: 'sticky',
      top: 0,
      padding: theme.spacing(0.5, 1),
      textAlign: 'left',
      background: theme.colors.background.primary,
      borderBottom: `1px solid ${theme.colors.border.medium}`,
    },
    '& td': { padding: theme.spacing(0.5, 1), borderBottom: `1px solid ${theme.colors.border.weak}` },
    '& td:nth-child(n+3), & th:nth-child(n+3)': { textAlign: 'right', whiteSpace: 'nowrap' },
    '& a': { color: theme.colors.text.link },
  }),
  bad: css({ color: theme.colors.error.text }),
});
