import React, { useState } from 'react';
import {
  type DataSourceInstanceSettings,
  type DataSourcePluginOptionsEditorProps,
  type DataSourceSettings,
} from '@grafana/data';
import { type DataSourceSrv, setDataSourceSrv, setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FlowsDatasource } from '../datasource';
import { type FlowsOptions } from '../options';
import { type FlowQuery, readQuery } from '../query/flow-query';
import { ConfigEditor } from './ConfigEditor';
import { QueryEditor } from './QueryEditor';

const DATASOURCE = new FlowsDatasource({ uid: 'u', jsonData: {} } as DataSourceInstanceSettings<FlowsOptions>);

beforeEach(() => {
  setTemplateSrv({
    replace: (text: string, _: unknown, format: (value: unknown) => string) =>
      text.replace('$request_id', () => format('00112233445566ff')),
  } as unknown as TemplateSrv);
});

function renderEditor(first: Partial<FlowQuery>) {
  const onRunQuery = jest.fn();
  let last = first as FlowQuery;
  function Host() {
    const [query, setQuery] = useState<FlowQuery>({ refId: 'A', ...first } as FlowQuery);
    last = query;
    return <QueryEditor datasource={DATASOURCE} query={query} onChange={setQuery} onRunQuery={onRunQuery} />;
  }
  render(<Host />);
  return { onRunQuery, current: () => last, logql: () => screen.getByLabelText('LogQL').textContent };
}

describe('the query editor', () => {
  it('begins with a list of requests', () => {
    const { logql } = renderEditor({});
    expect(screen.getByRole('radio', { name: 'Requests' })).toBeChecked();
    expect(logql()).toBe('{source="bpf_net_l7_log"}');
  });

  it('takes filters on Enter, several by comma, and shows the LogQL', async () => {
    const user = userEvent.setup();
    const { current, logql, onRunQuery } = renderEditor({ queryType: 'l7List' });
    await user.type(screen.getByLabelText('Host'), 'a, b');
    expect(onRunQuery).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    expect(current()).toMatchObject({ filters: { host: ['a', 'b'] } });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(logql()).toBe('{source="bpf_net_l7_log", host=~"a|b"}');
    await user.clear(screen.getByLabelText('Host'));
    await user.tab();
    expect(logql()).toBe('{source="bpf_net_l7_log"}');
  });

  it('keeps commas where the whole text counts', async () => {
    const user = userEvent.setup();
    const { current } = renderEditor({ queryType: 'l7List' });
    await user.type(screen.getByLabelText('Resource has'), '/a,b{Enter}');
    expect(current()).toMatchObject({ filters: { resource: '/a,b' } });
  });

  it('says what is wrong with a filter', async () => {
    const user = userEvent.setup();
    renderEditor({ queryType: 'l7List' });
    await user.type(screen.getByLabelText('Port'), 'http{Enter}');
    expect(screen.getByRole('status')).toHaveTextContent('The filter port has "http": give a number from 0 to 65535.');
  });

  it('changes kind, sort and folding', async () => {
    const user = userEvent.setup();
    const { current } = renderEditor({ queryType: 'l7List' });
    await user.click(screen.getByRole('radio', { name: 'Slowest' }));
    await user.click(screen.getByRole('switch'));
    expect(current()).toMatchObject({ sort: 'slowest', fold: 'request' });
    await user.click(screen.getByRole('radio', { name: 'Connections' }));
    expect(current().queryType).toBe('l4List');
    expect(screen.getByLabelText('Retransmissions from')).toBeInTheDocument();
  });

  it('takes an id, and for packets the NICs', async () => {
    const user = userEvent.setup();
    const { current, logql } = renderEditor({ queryType: 'packets' });
    expect(screen.getByRole('status')).toHaveTextContent('No request or connection is chosen');
    await user.type(screen.getByLabelText('Request id'), '$request_id{Enter}');
    expect(logql()).toBe('{source="bpf_net_l7_log"} |= "\\"request_id\\":\\"00112233445566ff\\""');
    await user.clear(screen.getByLabelText('Request id'));
    await user.tab();
    await user.type(screen.getByLabelText('or connection id (every NIC)'), '1000_9000{Enter}');
    await user.click(screen.getByRole('radio', { name: 'One' }));
    expect(current()).toMatchObject({ nicTraceId: '1000_9000', nics: 'one' });
    expect(logql()).toMatch(/flow_shard="8"/);
    await user.click(screen.getByRole('radio', { name: 'Path' }));
    expect(screen.queryByLabelText('or connection id (every NIC)')).not.toBeInTheDocument();
  });

  it('reads a target of another datasource as a list of requests', () => {
    expect(readQuery({ refId: 'A', queryType: 'range' })).toMatchObject({
      refId: 'A',
      queryType: 'l7List',
      limit: 200,
    });
  });
});

describe('the configuration', () => {
  beforeEach(() => {
    setDataSourceSrv({ getList: () => [], getInstanceSettings: () => undefined } as unknown as DataSourceSrv);
  });

  function renderConfig(jsonData: FlowsOptions) {
    let last = jsonData;
    function Host() {
      const [options, setOptions] = useState({
        jsonData,
        secureJsonFields: {},
        url: '',
      } as DataSourceSettings<FlowsOptions>);
      last = options.jsonData;
      const props = { options, onOptionsChange: setOptions } as DataSourcePluginOptionsEditorProps<FlowsOptions>;
      return <ConfigEditor {...props} />;
    }
    render(<Host />);
    return () => last;
  }

  it('asks for a Loki datasource, or for a URL', async () => {
    const user = userEvent.setup();
    const current = renderConfig({});
    expect(screen.getByText('Pick a Loki datasource.')).toBeInTheDocument();
    await user.click(screen.getByRole('radio', { name: 'Own URL' }));
    expect(current()).toEqual({ mode: 'url' });
    expect(screen.getByPlaceholderText('http://127.0.0.1:3100')).toBeInTheDocument();
  });

  it('takes a shard count and refuses nonsense', async () => {
    const user = userEvent.setup();
    const current = renderConfig({ lokiUid: 'x' });
    const shards = screen.getByLabelText(/Flow shards/);
    expect(shards).toHaveValue('16');
    await user.clear(shards);
    await user.type(shards, '32{Enter}');
    expect(current()).toMatchObject({ shardCount: 32 });
    await user.clear(shards);
    await user.type(shards, 'many{Enter}');
    expect(screen.getByText('Give a whole number from 1 to 1024.')).toBeInTheDocument();
  });
});
