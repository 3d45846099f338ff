import { css } from '@emotion/css';
import { LoadingState, type PanelData } from '@grafana/data';
import React, { type ReactNode } from 'react';
import { type DataProblem, type Result } from './data-problem';
import { DataMessage, LoadingMessage } from './DataMessage';

interface Props<T> {
  readonly data: PanelData;
  readonly model: Result<T>;
  readonly width: number;
  readonly height: number;
  readonly children: (model: T) => ReactNode;
}

/** Loading, failed, empty or drawn. Old data stay in view while new data load, which the panel's header shows. */
export function PanelFrame<T>({ data, model, width, height, children }: Props<T>) {
  const loading = data.state === LoadingState.Loading || data.state === LoadingState.NotStarted;
  const failure = queryFailure(data);
  return (
    <div className={frame} style={{ width, height }} aria-busy={loading}>
      {model.ok && !failure ? (
        children(model.value)
      ) : (
        <Otherwise loading={loading} problem={failure ?? problemOf(model)} />
      )}
    </div>
  );
}

function Otherwise({ loading, problem }: { readonly loading: boolean; readonly problem: DataProblem }) {
  return loading ? <LoadingMessage /> : <DataMessage problem={problem} />;
}

function queryFailure(data: PanelData): DataProblem | undefined {
  if (data.state !== LoadingState.Error) {
    return undefined;
  }
  const error = data.errors?.[0] ?? data.error;
  return {
    kind: 'query-failed',
    message: error?.message ?? error?.data?.message ?? 'The datasource did not give a reason.',
  };
}

function problemOf<T>(model: Result<T>): DataProblem {
  return model.ok ? { kind: 'no-frames' } : model.problem;
}

const frame = css({ position: 'relative', overflow: 'hidden' });
