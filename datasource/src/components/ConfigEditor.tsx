import React, { useId } from 'react';
import { css } from '@emotion/css';
import { type DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { DataSourcePicker } from '@grafana/runtime';
import { DataSourceHttpSettings, Field, FieldSet, RadioButtonGroup } from '@grafana/ui';
import { DEFAULT_SHARD_COUNT } from '@bpfnet/flow-model';
import {
  DEFAULT_PAGE_LINES,
  DEFAULT_TIMEOUT_SECONDS,
  type FlowsOptions,
  type LokiMode,
  modeOf,
  pageLinesOf,
  shardCountOf,
  timeoutMsOf,
} from '../options';
import { TextField } from './TextField';

const MODES: ReadonlyArray<{ readonly value: LokiMode; readonly label: string; readonly description: string }> = [
  { value: 'datasource', label: 'Loki datasource', description: 'Uses its URL, permissions and tenant' },
  {
    value: 'url',
    label: 'Own URL',
    description:
      'Loki or the embedded store at a URL set here; the tenant goes into the custom HTTP header X-Scope-OrgID',
  },
];

type Props = DataSourcePluginOptionsEditorProps<FlowsOptions>;

export function ConfigEditor({ options, onOptionsChange }: Props) {
  const modeId = useId();
  const pickerId = useId();
  const { jsonData } = options;
  const mode = modeOf(jsonData);
  const change = (changed: Partial<FlowsOptions>) =>
    onOptionsChange({ ...options, jsonData: { ...jsonData, ...changed } });
  return (
    <>
      <FieldSet label="Loki connection">
        <Field label="Connect through" htmlFor={modeId}>
          <RadioButtonGroup
            id={modeId}
            value={mode}
            options={MODES.map((one) => ({ ...one }))}
            onChange={(next) => change({ mode: next })}
          />
        </Field>
        {mode === 'datasource' && (
          <Field
            label="Loki datasource"
            htmlFor={pickerId}
            description="Holds the records that the collectors write."
            invalid={!jsonData.lokiUid}
            error="Select a Loki datasource."
          >
            <DataSourcePicker
              inputId={pickerId}
              type="loki"
              noDefault
              width={40}
              current={jsonData.lokiUid ?? null}
              onChange={({ uid }) => change({ lokiUid: uid })}
            />
          </Field>
        )}
      </FieldSet>
      {mode === 'url' && (
        <div className={HTTP}>
          <DataSourceHttpSettings
            defaultUrl="http://127.0.0.1:3100"
            dataSourceConfig={options}
            showAccessOptions={false}
            onChange={onOptionsChange}
          />
        </div>
      )}
      <FieldSet label="Lookups">
        <div className={COLUMN}>
          <TextField
            label={`Flow shards (must match the collectors; default ${DEFAULT_SHARD_COUNT})`}
            value={String(jsonData.shardCount ?? DEFAULT_SHARD_COUNT)}
            invalid={
              isKept(jsonData.shardCount, shardCountOf(jsonData)) ? undefined : 'Enter a whole number from 1 to 1024.'
            }
            onChange={(typed) => change({ shardCount: Number(typed) })}
          />
          <LabelsField value={jsonData.extraLabels} onChange={(extraLabels) => change({ extraLabels })} />
        </div>
      </FieldSet>
      <FieldSet label="Limits">
        <div className={COLUMN}>
          <TextField
            label="Page size (log lines per request)"
            value={String(jsonData.pageLines ?? DEFAULT_PAGE_LINES)}
            invalid={
              isKept(jsonData.pageLines, pageLinesOf(jsonData)) ? undefined : 'Enter a whole number from 1 to 5000.'
            }
            onChange={(typed) => change({ pageLines: Number(typed) })}
          />
          <TextField
            label="Query timeout (seconds)"
            value={String(jsonData.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS)}
            invalid={
              isKept(jsonData.timeoutSeconds, timeoutMsOf(jsonData) / 1000)
                ? undefined
                : 'Enter a whole number from 1 to 3600.'
            }
            onChange={(typed) => change({ timeoutSeconds: Number(typed) })}
          />
        </div>
      </FieldSet>
      <Links jsonData={jsonData} onChange={change} />
    </>
  );
}

interface LinksProps {
  readonly jsonData: FlowsOptions;
  readonly onChange: (changed: Partial<FlowsOptions>) => void;
}

function Links({ jsonData, onChange }: LinksProps) {
  const tracingId = useId();
  return (
    <FieldSet label="Links">
      <Field
        label="Tracing datasource"
        htmlFor={tracingId}
        description="Opens the application's trace of a request: Tempo, Jaeger, Zipkin or any other tracing datasource."
      >
        <DataSourcePicker
          inputId={tracingId}
          tracing
          noDefault
          width={40}
          current={jsonData.tracingUid ?? null}
          onChange={({ uid }) => onChange({ tracingUid: uid })}
          onClear={() => onChange({ tracingUid: undefined })}
        />
      </Field>
      <div className={COLUMN}>
        <TextField
          label="Pod dashboard URL"
          placeholder="/d/pods?var-pod=${value}&var-namespace=${namespace}"
          value={jsonData.podUrl ?? ''}
          onChange={(podUrl) => onChange({ podUrl: podUrl || undefined })}
        />
        <TextField
          label="Host dashboard URL"
          placeholder="/d/hosts?var-host=${value}"
          value={jsonData.hostUrl ?? ''}
          onChange={(hostUrl) => onChange({ hostUrl: hostUrl || undefined })}
        />
        <TextField
          label="Request dashboard URL"
          placeholder="/d/bpfnet-request?var-request_id=${request_id}&var-flow_shard=${flow_shard}&var-at=${at}"
          value={jsonData.storyUrl ?? ''}
          onChange={(storyUrl) => onChange({ storyUrl: storyUrl || undefined })}
        />
      </div>
    </FieldSet>
  );
}

interface LabelsFieldProps {
  readonly value: FlowsOptions['extraLabels'];
  readonly onChange: (labels: FlowsOptions['extraLabels']) => void;
}

function LabelsField({ value, onChange }: LabelsFieldProps) {
  const [problem, setProblem] = React.useState<string>();
  return (
    <TextField
      label="Extra stream selector"
      placeholder="cluster=west, team=shop"
      value={textOfLabels(value)}
      invalid={problem}
      onChange={(typed) => {
        const labels = labelsOfText(typed);
        setProblem(labels === undefined ? 'Enter name=value pairs, separated by commas.' : undefined);
        if (labels !== undefined) {
          onChange(labels);
        }
      }}
    />
  );
}

const COLUMN = css({ display: 'flex', flexDirection: 'column', gap: 16, maxWidth: 560 });

/** Grafana lays these fields out in two columns, however narrow the page is. */
const HTTP = css({
  marginBottom: 32,
  '@media (max-width: 600px)': { '& section div': { gridTemplateColumns: 'minmax(0, 1fr)' } },
});

function isKept(typed: number | undefined, used: number): boolean {
  return typed === undefined || typed === used;
}

type Labels = Readonly<Record<string, string>>;

/** `cluster=west, team=shop`. */
function textOfLabels(labels: Labels | undefined): string {
  return Object.entries(labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** Undefined where the text is not a list of `name=value`. */
function labelsOfText(text: string): Labels | undefined {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const pairs = parts.map((part) => /^([a-zA-Z_][a-zA-Z0-9_]*)="?([^"=]+)"?$/.exec(part));
  return pairs.some((pair) => pair === null)
    ? undefined
    : Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2].trim()]])));
}
