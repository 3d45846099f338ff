/** Colours of edges by the thresholds of field config. */
import { type DataFrame, type Field } from '@grafana/data';
import { type ColourMetric, type GraphEdge, metricOf } from './graph';

/** Whose thresholds count. */
const FIELDS: Readonly<Record<ColourMetric, string>> = {
  p95Ms: 'p95Ms',
  failedShare: 'arc__failed',
  lost: 'lost',
  retransmissions: 'retransmissions',
  perSecond: 'requestsPerSecond',
};

export interface ThresholdStep {
  readonly from: number;
  readonly colour: string;
  readonly text: string;
}

export interface EdgeColours {
  /** Undefined below the first threshold: what is as it should be is not coloured. */
  readonly of: (edge: GraphEdge) => string | undefined;
  /** Steps above the base, ascending. */
  readonly legend: readonly ThresholdStep[];
}

export function edgeColours(series: readonly DataFrame[], metric: ColourMetric): EdgeColours {
  const field = fieldOf(series, FIELDS[metric], metric === 'failedShare' ? ['id'] : ['source', 'target']);
  const display = field?.display;
  if (field === undefined || display === undefined) {
    return { of: ({ colour }) => colour || undefined, legend: [] };
  }
  const colourAt = (value: number) => display(value).color;
  const steps = (field.config.thresholds?.steps ?? []).filter(({ value }) => Number.isFinite(value));
  const isAbsolute = field.config.thresholds?.mode !== 'percentage';
  const base = colourAt(Number.NEGATIVE_INFINITY);
  // Asked for each edge at every drawing, and a display processor words the value too.
  const known = new Map<number, string | undefined>();
  const colourOf = (value: number): string | undefined => {
    if (!known.has(value)) {
      const colour = colourAt(value);
      known.set(value, colour === base ? undefined : colour);
    }
    return known.get(value);
  };
  return {
    of: (edge) => {
      const value = metricOf(edge, metric);
      return edge.colour || (value === null ? undefined : colourOf(value));
    },
    legend: isAbsolute
      ? steps.map(({ value }) => {
          const { text, suffix = '', prefix = '' } = display(value);
          return { from: value, colour: colourAt(value) ?? '', text: `${prefix}${text}${suffix}` };
        })
      : [],
  };
}

function fieldOf(series: readonly DataFrame[], name: string, beside: readonly string[]): Field | undefined {
  const frame = series.find(({ fields }) =>
    [name, ...beside].every((wanted) => fields.some((field) => field.name === wanted))
  );
  return frame?.fields.find((field) => field.name === name);
}
