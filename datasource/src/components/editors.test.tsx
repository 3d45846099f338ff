import React, { useState } from 'react';
import {
  type DataSourceInstanceSettings,
  type DataSourcePluginOptionsEditorProps,
  type DataSourceSettings,
} from '@grafana/data';
import { type DataSourceSrv, setDataSourceSrv, setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { configure, render, screen, waitFor } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { FlowsDatasource } from '../datasource';
import { type FlowsOptions } from '../options';
import { type FlowQuery, readQuery } from '../query/flow-query';
import { measurePage } from '../test/measured-page';
import { ConfigEditor } from './ConfigEditor';
import { QueryEditor } from './QueryEditor';
import { VariableEditor } from './VariableEditor';

const VALUES: Readonly<Record<string, readonly string[]>> = { host: ['node-a', 'node-b'], outcome: ['ok', 'reset'] };

/** The real one, but for what it would ask Loki. */
class Suggesting extends FlowsDatasource {
  readonly asked: string[] = [];

  override async suggestions(field: string): Promise<readonly string[]> {
    this.asked.push(field);
    return VALUES[field] ?? [];
  }
}

// Suggestions come after a pause in typing, and a busy machine is slow.
configure({ asyncUtilTimeout: 15_000 });

let datasource: Suggesting;

beforeEach(() => {
  datasource = new Suggesting({ uid: 'u', jsonData: {} } as DataSourceInstanceSettings<FlowsOptions>);
  setTemplateSrv({
    replace: (text: string, _: unknown, format: (value: unknown) => string) =>
      text.replace('$request_id', () => format('00112233445566ff')),
  } as unknown as TemplateSrv);
  measurePage();
});

afterEach(() => {
  jest.restoreAllMocks();
});

function renderEditor(first: Partial<FlowQuery>) {
  const onRunQuery = jest.fn();
  let last = first as FlowQuery;
  function Host() {
    const [query, setQuery] = useState<FlowQuery>({ refId: 'A', ...first } as FlowQuery);
    last = query;
    return <QueryEditor datasource={datasource} query={query} onChange={setQuery} onRunQuery={onRunQuery} />;
  }
  render(<Host />);
  return { onRunQuery, current: () => last, logql: () => screen.getByLabelText('LogQL').textContent };
}

/** By keyboard, as it is typed: the first option that fits is taken. */
async function choose(user: UserEvent, field: HTMLElement, typed: string): Promise<void> {
  await user.click(field);
  await user.clear(field);
  await user.type(field, typed);
  await waitFor(() => expect(field.getAttribute('aria-activedescendant')).toMatch(/item-0$/));
  await user.keyboard('{Enter}');
}

/** From the option that is chosen so many down. */
async function move(user: UserEvent, field: HTMLElement, down: number): Promise<void> {
  await user.click(field);
  await user.keyboard(`${'{ArrowDown}'.repeat(down)}{Enter}`);
}

describe('the query editor', () => {
  it('begins with a list of requests', () => {
    const { logql } = renderEditor({});
    expect(screen.getByLabelText('Show')).toHaveDisplayValue('Requests');
    expect(logql()).toBe('{source="bpf_net_l7_log"}');
  });

  it('suggests the values that the data has, and takes several', async () => {
    const user = userEvent.setup();
    const { current, logql, onRunQuery } = renderEditor({ queryType: 'l7List' });
    await user.click(screen.getByLabelText('Host'));
    await waitFor(() => expect(datasource.asked).toEqual(['host']));
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(current()).toMatchObject({ filters: { host: 'node-a' } }));
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(current()).toMatchObject({ filters: { host: ['node-a', 'node-b'] } }));
    expect(onRunQuery).toHaveBeenCalledTimes(2);
    expect(logql()).toBe('{source="bpf_net_l7_log", host=~"node-a|node-b"}');
    expect(datasource.asked).toEqual(['host']);
  });

  it('takes texts as typed, on Enter and when left', async () => {
    const user = userEvent.setup();
    const { current, onRunQuery } = renderEditor({ queryType: 'l7List' });
    await user.type(screen.getByLabelText('Resource contains'), '/a,b');
    expect(onRunQuery).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    expect(current()).toMatchObject({ filters: { resource: '/a,b' } });
    await user.clear(screen.getByLabelText('Resource contains'));
    await user.tab();
    expect(current()).toMatchObject({ filters: { resource: undefined } });
  });

  it('says what is wrong with a filter', async () => {
    const user = userEvent.setup();
    renderEditor({ queryType: 'l7List', filters: { port: 'http' } });
    expect(screen.getByRole('status')).toHaveTextContent('Invalid port "http": expected a number from 0 to 65535.');
    await user.type(screen.getByLabelText('Min latency (ms)'), 'slow{Enter}');
    expect(screen.getByRole('status')).toHaveTextContent('Invalid minimum latency "slow"');
  });

  it('gives its LogQL to copy', async () => {
    const user = userEvent.setup();
    const { logql } = renderEditor({ queryType: 'l7List', filters: { outcome: 'reset' } });
    await user.click(screen.getByRole('button', { name: 'Copy the LogQL' }));
    expect(await navigator.clipboard.readText()).toBe(logql());
  });

  it('changes kind, order and folding', async () => {
    const user = userEvent.setup();
    const { current } = renderEditor({ queryType: 'l7List' });
    await user.click(screen.getByRole('radio', { name: 'Worst' }));
    await user.click(screen.getByRole('switch'));
    expect(current()).toMatchObject({ sort: 'worst', fold: 'request' });
    await move(user, screen.getByLabelText('Show'), 1);
    expect(current().queryType).toBe('l4List');
    expect(screen.getByLabelText('Min RTT (ms)')).toBeInTheDocument();
  });

  it('takes a search term, or an id, and for packets the NICs', async () => {
    const user = userEvent.setup();
    const { current, logql } = renderEditor({ queryType: 'packets' });
    expect(screen.getByRole('status')).toHaveTextContent('No request or connection is selected');
    await user.type(screen.getByLabelText('Search (request/trace ID, IP:port, sequence number)'), '10.1.2.3:80{Enter}');
    expect(logql()).toMatch(/^\{source="bpf_net_l7_log"\} \|= "\\"10\.1\.2\.3\\""/);
    await user.type(screen.getByLabelText('or request ID'), '$request_id{Enter}');
    expect(logql()).toBe('{source="bpf_net_l7_log"} |= "\\"request_id\\":\\"00112233445566ff\\""');
    await user.click(screen.getByRole('radio', { name: 'One' }));
    expect(current()).toMatchObject({ searchTerm: '10.1.2.3:80', requestId: '$request_id', nics: 'one' });
  });

  it('chooses metric, grouping and percentiles', async () => {
    const user = userEvent.setup();
    const { current, logql } = renderEditor({ queryType: 'metrics' });
    await move(user, screen.getByLabelText('Metric'), 2);
    await choose(user, screen.getByLabelText('Group by'), 'Protocol');
    await user.type(screen.getByLabelText('Percentiles'), '99, x, 50{Enter}');
    expect(current()).toMatchObject({ metric: 'latency', by: 'l7_proto', quantiles: [99, 50] });
    expect(logql()?.split('\n')).toHaveLength(2);
    await move(user, screen.getByLabelText('Metric'), 1);
    expect(current()).toMatchObject({ metric: 'rtt', by: undefined });
    expect(screen.getByLabelText('End reason')).toBeInTheDocument();
  });

  it.each<[Partial<FlowQuery>, string, string, object]>([
    [{ queryType: 'story' }, 'Part', 'Time break', { part: 'parts' }],
    [{ queryType: 'related' }, 'Dimension', 'Underlying', { dimension: 'transport' }],
  ])('chooses a part of %j', async (query, label, typed, expected) => {
    const user = userEvent.setup();
    const { current } = renderEditor(query);
    await choose(user, screen.getByLabelText(label), typed);
    expect(current()).toMatchObject(expected);
  });

  it('chooses events', async () => {
    const user = userEvent.setup();
    const { current } = renderEditor({ queryType: 'events' });
    await user.type(screen.getByLabelText('Minimum count per step'), '20{Enter}');
    expect(current()).toMatchObject({ atLeast: 20 });
  });

  it('reads a target of another datasource as a list of requests', () => {
    expect(readQuery({ refId: 'A', queryType: 'range' })).toMatchObject({
      refId: 'A',
      queryType: 'l7List',
      limit: 200,
    });
  });
});

describe('the editor of variables', () => {
  it('offers the fields of the records', async () => {
    const user = userEvent.setup();
    const onChange = jest.fn();
    render(<VariableEditor query="host" onChange={onChange} />);
    const field = screen.getByLabelText(/^Values of/);
    expect(field).toHaveDisplayValue('host');
    await move(user, field, 1);
    expect(onChange).toHaveBeenCalledWith('k8s_namespace', 'k8s_namespace');
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
    expect(screen.getByText('Select a Loki datasource.')).toBeInTheDocument();
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
    expect(screen.getByText('Enter a whole number from 1 to 1024.')).toBeInTheDocument();
  });
});
