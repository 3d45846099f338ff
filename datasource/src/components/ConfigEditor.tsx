import React, { useId } from 'react';
import { css } from '@emotion/css';
import { type DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { DataSourcePicker } from '@grafana/runtime';
import { DataSourceHttpSettings, Field, FieldSet, RadioButtonGroup } from '@grafana/ui';
import { DEFAULT_SHARD_COUNT } from '@bpfnet/flow-model';
import { type FlowsOptions, type LokiMode, modeOf, shardCountOf } from '../options';
import { TextField } from './TextField';

const MODES: ReadonlyArray<{ readonly value: LokiMode; readonly label: string; readonly description: string }> = [
  { value: 'datasource', label: 'Loki datasource', description: 'Its address, permissions and tenant are used' },
  { value: 'url', label: 'Own URL', description: 'A Loki, or the embedded store, at an address given here' },
];

type Props = DataSourcePluginOptionsEditorProps<FlowsOptions>;

export function ConfigEditor({ options, onOptionsChange }: Props) {
  const modeId = useId();
  const pickerId = useId();
  const mode = modeOf(options.jsonData);
  const change = (jsonData: Partial<FlowsOptions>) =>
    onOptionsChange({ ...options, jsonData: { ...options.jsonData, ...jsonData } });
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
            invalid={!options.jsonData.lokiUid}
            error="Pick a Loki datasource."
          >
            <DataSourcePicker
              inputId={pickerId}
              type="loki"
              noDefault
              width={40}
              current={options.jsonData.lokiUid ?? null}
              onChange={({ uid }) => change({ lokiUid: uid })}
            />
          </Field>
        )}
      </FieldSet>
      {mode === 'url' && (
        <DataSourceHttpSettings
          defaultUrl="http://127.0.0.1:3100"
          dataSourceConfig={options}
          showAccessOptions={false}
          onChange={onOptionsChange}
        />
      )}
      <FieldSet label="Look-ups">
        <div className={css({ maxWidth: 320 })}>
          <TextField
            label="Flow shards (as configured at the collectors)"
            value={String(options.jsonData.shardCount ?? DEFAULT_SHARD_COUNT)}
            invalid={shardProblem(options.jsonData)}
            onChange={(typed) => change({ shardCount: Number(typed) })}
          />
        </div>
      </FieldSet>
    </>
  );
}

function shardProblem(options: FlowsOptions): string | undefined {
  return options.shardCount === undefined || options.shardCount === shardCountOf(options)
    ? undefined
    : 'Give a whole number from 1 to 1024.';
}
