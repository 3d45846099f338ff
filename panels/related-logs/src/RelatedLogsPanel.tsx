import { dateTimeFormat, type PanelProps } from '@grafana/data';
import React, { useMemo } from 'react';
import { PanelFrame } from '../../shared/PanelFrame';
import { linkTo, variableText } from '../../shared/panel-link';
import { useSharedCursor } from '../../shared/use-shared-cursor';
import { currentRecord } from './model/current-record';
import { type LogRow, readRelatedLogs } from './model/related-logs';
import { defaultOptions, type RelatedLogsOptions } from './options';
import { RelatedLogsView } from './view/RelatedLogsView';
import { useColumnChoice } from './view/use-column-choice';

type Props = PanelProps<RelatedLogsOptions>;

export function RelatedLogsPanel(props: Props) {
  const { data, width, height, timeZone } = props;
  const options = { ...defaultOptions, ...props.options };
  const logs = useMemo(() => readRelatedLogs(data.series), [data.series]);
  const cursor = useSharedCursor(props.eventBus);
  const choice = useColumnChoice({
    options,
    onOptionsChange: props.onOptionsChange,
    place: [data.request?.dashboardUID ?? '', props.id].join('/'),
  });
  const variable = (text: string) => variableText(text, props.replaceVariables);
  const hrefOf = (row: LogRow) => {
    const template = row.values.has('request_id') ? options.requestUrl : options.connectionUrl;
    return linkTo(
      props,
      template,
      Object.fromEntries([...row.values].map(([name, value]) => [name, String(value ?? '')]))
    );
  };
  return (
    <PanelFrame data={data} model={logs} width={width} height={height}>
      {(value) => (
        <RelatedLogsView
          logs={value}
          width={width}
          isCurrent={currentRecord(value, {
            requestId: variable(options.requestId),
            innerTraceId: variable(options.innerTraceId),
          })}
          choice={choice}
          cursor={cursor}
          hrefOf={hrefOf}
          timeText={(row) => dateTimeFormat(row.time, { timeZone, format: 'HH:mm:ss.SSS' }) + microseconds(row)}
        />
      )}
    </PanelFrame>
  );
}

/** NICs of one request lie microseconds apart. */
const microseconds = ({ tsNs }: LogRow) => (tsNs === '' ? '' : tsNs.slice(-6, -3));
