import { css } from '@emotion/css';
import { type DataFrame, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type Found } from '../layout/find-at';
import { edgeColours } from '../model/edge-colours';
import { foldGraph, keepBusiest } from '../model/fold-graph';
import { type Graph, type GraphEdge } from '../model/graph';
import { searchNodes } from '../model/walk-graph';
import { type CanvasController } from './canvas-controller';
import { GraphDetails } from './GraphDetails';
import { GraphCanvas } from './GraphCanvas';
import { GraphTable } from './GraphTable';
import { type GraphSettings, GraphToolbar } from './GraphToolbar';
import { useGraphLayout } from './use-graph-layout';

interface Props {
  readonly graph: Graph;
  /** Whose field config colours edges. */
  readonly series: readonly DataFrame[];
  readonly width: number;
  readonly height: number;
  readonly begin: Pick<GraphSettings, 'level' | 'metric' | 'top'>;
  /** Link to the requests of an edge of `shown`. */
  readonly hrefOf: (shown: Graph, edge: GraphEdge) => string | undefined;
}

/** From this scale on a node that a search found can be read. */
const READABLE = 0.75;

/** Many requests: a picture to pan and zoom, the same as a list, and a toolbar for both. */
export function GraphView({ graph, series, width, height, begin, hrefOf }: Props) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const [settings, setSettings] = useState<GraphSettings>({ ...begin, asList: false, search: '' });
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set());
  const [selectedId, setSelectedId] = useState<string>();
  const controller = useRef<CanvasController>();
  const nextMatch = useRef(0);
  const [top, below] = useHeightBelow(height);

  const { level, metric, top: busiest, search } = settings;
  const folded = useMemo(() => foldGraph(graph, { level, flipped }), [graph, level, flipped]);
  const shown = useMemo(() => keepBusiest(folded, busiest), [folded, busiest]);
  const colours = useMemo(() => edgeColours(series, metric), [series, metric]);
  const { layout, note } = useGraphLayout(shown, below === undefined ? undefined : width / Math.max(120, below), width);
  const picture = useMemo(() => layout && { graph: shown, layout, colours, theme }, [shown, layout, colours, theme]);
  const matches = useMemo(() => (search === '' ? undefined : searchNodes(shown, search)), [shown, search]);
  const selected = useMemo(() => findById(shown, selectedId), [shown, selectedId]);

  const change = (next: Partial<GraphSettings>) => {
    nextMatch.current = 0;
    if (next.level !== undefined) {
      setFlipped(new Set());
      setSelectedId(undefined);
    }
    setSettings({ ...settings, ...next });
  };
  const flip = (group: string) => {
    const next = new Set(flipped);
    if (!next.delete(group)) {
      next.add(group);
    }
    setFlipped(next);
    setSelectedId(undefined);
  };
  const goToMatch = () => {
    const node = matches?.[nextMatch.current++ % Math.max(1, matches.length)];
    if (node !== undefined && layout !== undefined) {
      controller.current?.centre(layout.x[node], layout.y[node], { smooth: true, atLeast: READABLE });
    }
  };
  const notes = [...graph.notes, note].filter((text) => text !== '');
  const href = selected?.kind === 'edge' ? hrefOf(shown, shown.edges[selected.index]) : undefined;

  return (
    <div className={styles.panel}>
      <div ref={top}>
        <GraphToolbar
          settings={settings}
          onSettings={change}
          hasPlaces={graph.hasPlaces}
          hasMetrics={graph.edges.some(({ requests }) => requests !== null)}
          nodes={folded.nodes.length}
          legend={colours.legend}
          found={matches?.length}
          onNextMatch={goToMatch}
          onFit={() => layout && controller.current?.fit(layout, { smooth: true })}
          onZoom={(factor) => controller.current?.zoomBy(factor)}
        />
        {notes.length > 0 && <p className={styles.notes}>{notes.join(' ')}</p>}
      </div>
      <div className={styles.body} style={{ height: below }}>
        {settings.asList ? (
          <GraphTable graph={shown} matches={matches} hrefOf={(edge) => hrefOf(shown, edge)} />
        ) : picture === undefined ? (
          <p role="status">Laying out {shown.nodes.length} nodes…</p>
        ) : (
          <GraphCanvas
            picture={picture}
            width={width}
            height={below ?? height}
            selected={selected}
            onSelect={(found) => setSelectedId(idOf(shown, found))}
            matches={matches}
            controllerRef={controller}
          />
        )}
        {selected !== undefined && !settings.asList && (
          <GraphDetails
            graph={shown}
            selected={selected}
            href={href}
            onFlip={flip}
            onClose={() => setSelectedId(undefined)}
          />
        )}
      </div>
    </div>
  );
}

/** The height left below an element that may wrap, px; undefined until it was measured. */
function useHeightBelow(height: number): readonly [RefObject<HTMLDivElement>, number | undefined] {
  const element = useRef<HTMLDivElement>(null);
  const [taken, setTaken] = useState<number>();
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) {
      return;
    }
    const measure = () => setTaken(box.offsetHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return [element, taken === undefined ? undefined : Math.max(0, height - taken)];
}

/** By name, so that a selection outlives a refresh. */
function idOf(graph: Graph, found: Found | undefined): string | undefined {
  if (found === undefined) {
    return undefined;
  }
  return `${found.kind} ${found.kind === 'node' ? graph.nodes[found.index].id : edgeId(graph, graph.edges[found.index])}`;
}

const edgeId = ({ nodes }: Graph, { source, target }: GraphEdge) => `${nodes[source].id} → ${nodes[target].id}`;

function findById(graph: Graph, id: string | undefined): Found | undefined {
  if (id === undefined) {
    return undefined;
  }
  const node = graph.nodes.findIndex((one) => `node ${one.id}` === id);
  if (node >= 0) {
    return { kind: 'node', index: node };
  }
  const edge = graph.edges.findIndex((one) => `edge ${edgeId(graph, one)}` === id);
  return edge < 0 ? undefined : { kind: 'edge', index: edge };
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ height: '100%', display: 'flex', flexDirection: 'column' }),
  notes: css({
    margin: theme.spacing(0, 0, 0.5),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  body: css({ position: 'relative', minHeight: 0 }),
});
