import { locationUtil, type PanelProps } from '@grafana/data';
import React, { useMemo } from 'react';
import { PanelFrame } from '../../shared/PanelFrame';
import { buildLink } from '../../shared/safe-link';
import { type L7Tag } from './model/packets';
import { defaultOptions, type PacketSequenceOptions } from './options';
import { PacketLadder } from './view/PacketLadder';
import { usePackets } from './view/use-packets';

type Props = PanelProps<PacketSequenceOptions>;

export function PacketSequencePanel({ data, options, width, height, timeRange, timeZone, ...host }: Props) {
  const { replaceVariables, eventBus, onChangeTimeRange } = host;
  const complete = useMemo(() => ({ ...defaultOptions, ...options }), [options]);
  const packets = usePackets(data.series, complete.fieldNames);
  const linkTo = (template: string, fields: Readonly<Record<string, string>>) => {
    const href = buildLink(template, {
      fields,
      fromMs: timeRange.from.valueOf(),
      toMs: timeRange.to.valueOf(),
      replaceVariables,
    });
    return href && locationUtil.assureBaseUrl(href);
  };
  const hrefOf = ({ requestId, label, kind }: L7Tag) =>
    linkTo(complete.requestUrl, { l7RequestId: requestId, l7Label: label, l7Kind: kind });
  const requestId = filledIn(replaceVariables(complete.requestId));
  return (
    <PanelFrame data={data} model={packets} width={width} height={height}>
      {(table) => (
        <PacketLadder
          key={[complete.lanes, complete.time, complete.delta, requestId].join(' ')}
          packets={table}
          options={complete}
          requestId={requestId}
          width={width}
          height={height}
          timeZone={timeZone}
          eventBus={eventBus}
          hrefOf={hrefOf}
          connectionHref={(lane) => linkTo(complete.connectionUrl, { lane: lane.id })}
          onTimeRange={(fromNs, toNs) => onChangeTimeRange({ from: toMs(fromNs), to: toMs(toNs) })}
        />
      )}
    </PanelFrame>
  );
}

const toMs = (ns: bigint): number => Number(ns / BigInt(1_000_000));

/** '' where the dashboard has no such variable. */
const filledIn = (text: string): string => (text.includes('$') ? '' : text.trim());
