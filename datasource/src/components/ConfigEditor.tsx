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
import { labelsOfText, textOfLabels } from './labels-text';
import { TextField } from './TextField';

const MODES: ReadonlyArray<{ readonly value: LokiMode; readonly label: string; readonly description: string }> = [
  { value: 'datasource', label: 'Loki datasource', description: 'Its address, permissions and tenant are used' },
  { value: 'url', label: 'Own URL', description: 'A Loki, or the embedded store, at an address given here' },
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
      <FieldSet label="Where the records are">
        <Field label="Reach Loki by" htmlFor={modeId}>
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
            description="It holds the records that the collectors write."
            invalid={!jsonData.lokiUid}
            error="Pick a Loki datasource."
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
      <FieldSet label="Look-ups">
        <div className={COLUMN}>
          <TextField
            label="Flow shards (as configured at the collectors)"
            value={String(jsonData.shardCount ?? DEFAULT_SHARD_COUNT)}
            invalid={
              isKept(jsonData.shardCount, shardCountOf(jsonData)) ? undefined : 'Give a whole number from 1 to 1024.'
            }
            onChange={(typed) => change({ shardCount: Number(typed) })}
          />
          <LabelsField value={jsonData.extraLabels} onChange={(extraLabels) => change({ extraLabels })} />
        </div>
      </FieldSet>
      <FieldSet label="Limits">
        <div className={COLUMN}>
          <TextField
            label="Lines asked for at once"
            value={String(jsonData.pageLines ?? DEFAULT_PAGE_LINES)}
            invalid={
              isKept(jsonData.pageLines, pageLinesOf(jsonData)) ? undefined : 'Give a whole number from 1 to 5000.'
            }
            onChange={(typed) => change({ pageLines: Number(typed) })}
          />
          <TextField
            label="Give a query up after, s"
            value={String(jsonData.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS)}
            invalid={
              isKept(jsonData.timeoutSeconds, timeoutMsOf(jsonData) / 1000)
                ? undefined
                : 'Give a whole number from 1 to 3600.'
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
        description="Opens the application's trace of a request: Tempo, Jaeger, Zipkin or another one."
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
          label="Page of a pod"
          placeholder="/d/pods?var-pod=${value}&var-namespace=${namespace}"
          value={jsonData.podUrl ?? ''}
          onChange={(podUrl) => onChange({ podUrl: podUrl || undefined })}
        />
        <TextField
          label="Page of a host"
          placeholder="/d/hosts?var-host=${value}"
          value={jsonData.hostUrl ?? ''}
          onChange={(hostUrl) => onChange({ hostUrl: hostUrl || undefined })}
        />
        <TextField
          label="Page of a request's story"
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
      label="Only streams with these labels"
      placeholder="cluster=west, team=shop"
      value={textOfLabels(value)}
      invalid={problem}
      onChange={(typed) => {
        const labels = labelsOfText(typed);
        setProblem(labels === undefined ? 'Write name=value, with commas between.' : undefined);
        if (labels !== undefined) {
          onChange(labels);
        }
      }}
    />
  );
}

const COLUMN = css({ display: 'flex', flexDirection: 'column', gap: 16, maxWidth: 560 });

/** Grafana's own fields stand two in a row, however narrow the page is. */
const HTTP = css({
  marginBottom: 32,
  '@media (max-width: 600px)': { '& section div': { gridTemplateColumns: 'minmax(0, 1fr)' } },
});

function isKept(typed: number | undefined, used: number): boolean {
  return typed === undefined || typed === used;
}
