/**
 * Chosen columns: kept in the panel's options while the panel is edited, else in this browser for this panel, because readers
 * can rarely save a dashboard.
 */
import { locationService } from '@grafana/runtime';
import { useState } from 'react';
import { isRecord } from '../../../shared/frame-fields';
import { recall, remember } from '../../../shared/remembered';
import { type ColumnChoice } from '../model/columns';
import { type RelatedLogsOptions } from '../options';

export interface ColumnStore {
  /** Empty for the defaults. */
  readonly columns: readonly ColumnChoice[];
  readonly keep: (columns: readonly ColumnChoice[]) => void;
}

interface Input {
  readonly options: RelatedLogsOptions;
  readonly onOptionsChange: (options: RelatedLogsOptions) => void;
  /** Dashboard and panel. */
  readonly place: string;
}

/** One list per tab: tabs hold different records. */
export function useColumnChoice({ options, onOptionsChange, place }: Input): (tab: string) => ColumnStore {
  const [chosen, setChosen] = useState<ReadonlyMap<string, readonly ColumnChoice[]>>(new Map());
  const isEdited = locationService.getSearch().has('editPanel');
  return (tab) => {
    const key = `bpfnet.related-logs.columns/${place}/${tab}`;
    return {
      columns: (isEdited ? undefined : (chosen.get(key) ?? readKept(key))) ?? options.columns,
      keep: (columns) => {
        if (isEdited) {
          onOptionsChange({ ...options, columns });
        } else {
          remember(key, columns.length === 0 ? undefined : columns);
          setChosen(new Map(columns.length === 0 ? without(chosen, key) : [...chosen, [key, columns]]));
        }
      },
    };
  };
}

function without<T>(all: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map([...all].filter(([name]) => name !== key));
}

function readKept(key: string): readonly ColumnChoice[] | undefined {
  const kept = recall(key);
  return Array.isArray(kept) && kept.every(isChoice) ? kept : undefined;
}

function isChoice(value: unknown): value is ColumnChoice {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    (value.widthPx === undefined || (typeof value.widthPx === 'number' && Number.isFinite(value.widthPx)))
  );
}
