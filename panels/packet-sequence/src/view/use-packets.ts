import { type DataFrame } from '@grafana/data';
import { useMemo, useState } from 'react';
import { type Result } from '../../../shared/data-problem';
import { type PacketTable, readPackets } from '../model/packets';
import { sameTables } from '../model/same-tables';

/** The packets of the frames. A refresh that brings the same packets again gives the same table, so that nothing is built anew. */
export function usePackets(
  series: readonly DataFrame[],
  fieldNames: Readonly<Record<string, string>>
): Result<PacketTable> {
  const [reader] = useState(() => unchangedReader());
  return useMemo(() => {
    const isRenamed = Object.values(fieldNames).some((name) => name !== '');
    return reader(isRenamed ? series.map((frame) => renamed(frame, fieldNames)) : series);
  }, [reader, series, fieldNames]);
}

function unchangedReader(): (series: readonly DataFrame[]) => Result<PacketTable> {
  let last: Result<PacketTable> | undefined;
  return (series) => {
    const read = readPackets(series);
    last = read.ok && last?.ok && sameTables(read.value, last.value) ? last : read;
    return last;
  };
}

/** The contract's name for each field that the options name otherwise. */
function renamed(frame: DataFrame, names: Readonly<Record<string, string>>): DataFrame {
  const ours = new Map(
    Object.entries(names)
      .filter(([, theirs]) => theirs !== '')
      .map(([own, theirs]) => [theirs, own])
  );
  return { ...frame, fields: frame.fields.map((field) => ({ ...field, name: ours.get(field.name) ?? field.name })) };
}
