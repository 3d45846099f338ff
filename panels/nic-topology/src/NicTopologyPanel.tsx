import { locationUtil, type PanelProps } from '@grafana/data';
import React, { useMemo } from 'react';
import { PanelFrame } from '../../shared/PanelFrame';
import { buildLink } from '../../shared/safe-link';
import { type PathNode, readNicPath } from './model/nic-path';
import { defaultOptions, type NicTopologyOptions } from './options';
import { NicPathView } from './view/NicPathView';

type Props = PanelProps<NicTopologyOptions>;

export function NicTopologyPanel({ data, options, width, height, timeRange, replaceVariables }: Props) {
  const path = useMemo(() => readNicPath(data.series), [data.series]);
  const { recordUrl } = { ...defaultOptions, ...options };
  const hrefOf = (node: PathNode) => {
    if (!node.observed) {
      return undefined;
    }
    const href = buildLink(recordUrl, {
      fields: { id: node.id, requestId: node.requestId, host: node.host, nicName: node.nicName },
      fromMs: timeRange.from.valueOf(),
      toMs: timeRange.to.valueOf(),
      replaceVariables,
    });
    return href && locationUtil.assureBaseUrl(href);
  };
  return (
    <PanelFrame data={data} model={path} width={width} height={height}>
      {(value) => <NicPathView path={value} width={width} hrefOf={hrefOf} />}
    </PanelFrame>
  );
}
