import { DashboardCursorSync, type DataFrame, DataHoverClearEvent, DataHoverEvent, EventBusSrv } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { PanelContextProvider } from '@grafana/ui';
import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { panelProps } from '../../shared/test/panel-props';
import { defaultOptions, type RelatedLogsOptions } from './options';
import { RelatedLogsPanel } from './RelatedLogsPanel';
import { FOUR_NICS, relatedFrame, span, threeDimensions } from './test/related-frames';

function show(series: DataFrame[], onOptionsChange: (options: RelatedLogsOptions) => void = () => undefined) {
  const replaceVariables = (text: string) => text.replace('${request_id}', 'r1');
  return render(<RelatedLogsPanel {...panelProps(defaultOptions, series, { replaceVariables, onOptionsChange })} />);
}

class SeesNoResize implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

beforeAll(() => {
  window.ResizeObserver = SeesNoResize;
});

beforeEach(() => {
  window.localStorage.clear();
  locationService.push('/d/x');
});

const headers = () => screen.getAllByRole('columnheader').map((cell) => cell.textContent);

test('tabs say how many records there are, and lead to them', async () => {
  const user = userEvent.setup();
  show(threeDimensions());
  expect(screen.getAllByRole('tab').map((tab) => tab.textContent)).toEqual([
    'Single connection2',
    'Cross-NIC4',
    'Transport layer3',
  ]);
  expect(screen.getByRole('table', { name: 'Cross-NIC' })).toHaveAttribute('aria-rowcount', '5');
  await user.click(screen.getByRole('tab', { name: /Transport/ }));
  expect(screen.getByRole('table', { name: 'Transport layer' })).toHaveAttribute('aria-rowcount', '4');
  expect(screen.getAllByText('half closed')).toHaveLength(3);
});

test('the current record and what differs are said too', () => {
  show(threeDimensions());
  const rows = screen.getAllByRole('row').slice(1);
  expect(rows.map((row) => row.getAttribute('aria-current'))).toEqual(['true', null, null, null]);
  expect(rows[0]).toHaveTextContent('current record');
  expect(rows[2]).toHaveTextContent('10.2.1.7, translated (NAT): 10.96.0.8 at the NIC nearest the client');
});

test('a row leads to its page in a new tab', () => {
  show(threeDimensions());
  const link = screen.getByRole('link', { name: 'Open the record of veth1 on node-a in a new tab' });
  expect(link).toHaveAttribute('target', '_blank');
  const url = new URL(link.getAttribute('href') ?? '', 'http://grafana');
  expect(url.pathname).toBe('/d/bpfnet-connection');
  expect(url.searchParams.get('var-inner_traceid')).toBe('n1');
});

test('sorting and filtering', async () => {
  const user = userEvent.setup();
  show(threeDimensions());
  await user.click(screen.getByRole('button', { name: 'Latency' }));
  expect(screen.getByRole('columnheader', { name: /Latency/ })).toHaveAttribute('aria-sort', 'ascending');
  expect(screen.getAllByRole('row')[1]).toHaveTextContent('203.0 ms');
  await user.type(screen.getByPlaceholderText(/Filter/), 'latency_ms>400');
  expect(screen.getByRole('status')).toHaveTextContent('2 of 4 records');
});

test('records stand from client to server where the path is known, whatever the clocks of hosts show', async () => {
  const user = userEvent.setup();
  const path = ['n0', 'n1', 'n2', 'n3'];
  const early = FOUR_NICS.map((one) => (one.host === 'node-b' ? { ...one, tsNs: '1763990000000000000' } : one));
  show([relatedFrame('request', early, path)]);
  const latencies = () =>
    screen
      .getAllByRole('row')
      .slice(1)
      .map((row) => /[\d.]+ ms/.exec(row.textContent ?? '')?.[0]);
  expect(latencies()).toEqual(['412.6 ms', '412.4 ms', '203.2 ms', '203.0 ms']);
  expect(screen.getAllByRole('row')[1]).toHaveTextContent(/^1/);
  expect(screen.getByText(/Timestamps are from each host's own clock/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Time' }));
  expect(latencies().slice(0, 2)).toEqual(['203.2 ms', '203.0 ms']);
  await user.click(screen.getByRole('button', { name: 'Position on the path' }));
  expect(latencies()[0]).toBe('412.6 ms');
  await user.click(screen.getByRole('button', { name: 'Position on the path' }));
  expect(latencies()[0]).toBe('203.0 ms');
});

test('only rows in view are in the page', () => {
  show([
    relatedFrame(
      'request',
      Array.from({ length: 5000 }, (_v, i) => span({ inner_traceid: `n${i}` }))
    ),
  ]);
  expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '5001');
  expect(screen.getAllByRole('row').length).toBeLessThan(60);
});

test('the current record is brought into view among many others of its connection', () => {
  show([
    relatedFrame(
      'request',
      Array.from({ length: 200 }, (_v, i) => span({ inner_traceid: 'n0', request_id: i === 150 ? 'r1' : `other-${i}` }))
    ),
  ]);
  expect(screen.getByRole('region', { name: 'Cross-NIC: records' }).scrollTop).toBeGreaterThan(140 * 28);
});

describe('the shared crosshair', () => {
  function showShared(sync: DashboardCursorSync) {
    const bus = new EventBusSrv();
    const said: unknown[] = [];
    bus.subscribe(DataHoverEvent, ({ payload }) => said.push(payload));
    bus.subscribe(DataHoverClearEvent, () => said.push('clear'));
    const eventBus = bus.newScopedBus('panel-1', { onlyLocal: false });
    render(
      <PanelContextProvider value={{ eventsScope: 'test', eventBus, sync: () => sync }}>
        <RelatedLogsPanel {...panelProps(defaultOptions, threeDimensions(), { eventBus })} />
      </PanelContextProvider>
    );
    const other = bus.newScopedBus('panel-2', { onlyLocal: false });
    const publish = (event: DataHoverEvent | DataHoverClearEvent) => act(() => other.publish(event));
    return { said, publish };
  }
  const hover = (record: unknown) => {
    const payload = { point: { time: 1764000000000 }, record };
    return new DataHoverEvent(payload);
  };
  const marked = () => screen.queryByText('highlighted')?.closest('[role=row]')?.textContent ?? '';
  const row = (text: string) => screen.getByText(text).closest('[role=row]')!;

  test('marks the record that another panel points at, and leaves the focus where it is', () => {
    const { publish } = showShared(DashboardCursorSync.Crosshair);
    screen.getByPlaceholderText(/Filter/).focus();
    publish(hover({ innerTraceId: 'n2', requestId: 'r1', tsNs: '1764000000000003000' }));
    expect(marked()).toContain('203.2 ms');
    expect(screen.getByPlaceholderText(/Filter/)).toHaveFocus();
    publish(new DataHoverClearEvent());
    expect(marked()).toBe('');
  });

  test('reads what another panel says with care', () => {
    const { publish } = showShared(DashboardCursorSync.Crosshair);
    publish(hover({ innerTraceId: 7, tsNs: '-1; drop', requestId: null }));
    expect(marked()).not.toBe('');
  });

  test('a row that the mouse is on is pointed at in other panels; a click keeps it highlighted', async () => {
    const user = userEvent.setup();
    const { said } = showShared(DashboardCursorSync.Tooltip);
    await user.hover(row('veth1'));
    await user.unhover(row('veth1'));
    const record = { tsNs: '1764000000000002000', innerTraceId: 'n1', requestId: 'r1' };
    expect(said).toEqual([expect.objectContaining({ record }), 'clear']);
    await user.click(row('veth1'));
    await user.unhover(row('veth1'));
    expect(said.slice(2)).not.toContain('clear');
    expect(marked()).toContain('veth1');
    await user.click(row('veth1'));
    expect(marked()).toBe('');
    await user.unhover(row('veth1'));
    expect(said[said.length - 1]).toBe('clear');
  });

  test('so is a row whose link has the focus', () => {
    const { said } = showShared(DashboardCursorSync.Crosshair);
    act(() => screen.getByRole('link', { name: /veth9/ }).focus());
    expect(said).toEqual([expect.objectContaining({ record: expect.objectContaining({ innerTraceId: 'n3' }) })]);
  });

  test('does nothing where the dashboard shares none', async () => {
    const user = userEvent.setup();
    const { said, publish } = showShared(DashboardCursorSync.Off);
    await user.hover(row('veth1'));
    await user.unhover(row('veth1'));
    expect(said).toEqual([]);
    publish(hover({ innerTraceId: 'n2' }));
    expect(marked()).toBe('');
  });
});

describe('columns', () => {
  test('chosen ones stay with the reader where the dashboard is only read', async () => {
    const user = userEvent.setup();
    const { unmount } = show(threeDimensions());
    await user.click(screen.getByRole('button', { name: 'Columns' }));
    const chooser = within(screen.getByRole('dialog', { name: 'Columns' }));
    await user.click(chooser.getByRole('checkbox', { name: 'Host' }));
    await user.click(chooser.getByRole('button', { name: 'Move NIC left' }));
    await user.keyboard('{Escape}');
    expect(screen.getByRole('button', { name: 'Columns' })).toHaveFocus();
    expect(headers().slice(1, 4)).toEqual(['NIC', 'Time', 'Pod']);
    screen.getByRole('separator', { name: 'Width of NIC' }).focus();
    await user.keyboard('{ArrowRight}');
    unmount();

    show(threeDimensions());
    expect(headers().slice(1, 4)).toEqual(['NIC', 'Time', 'Pod']);
    expect(screen.getByRole('separator', { name: 'Width of NIC' })).toHaveAttribute('aria-valuenow', '106');
    await user.click(screen.getByRole('tab', { name: /Transport/ }));
    expect(headers()).toContain('Host');
  });

  test('chosen ones hold until the page is left where the browser keeps nothing', async () => {
    const user = userEvent.setup();
    const full = jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    try {
      show(threeDimensions());
      screen.getByRole('button', { name: 'NIC' }).focus();
      await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
      expect(headers().slice(1, 4)).toEqual(['Time', 'NIC', 'Host']);
    } finally {
      full.mockRestore();
    }
  });

  test('go to the panel while it is edited', async () => {
    const user = userEvent.setup();
    locationService.push('/d/x?editPanel=1');
    const changes: RelatedLogsOptions[] = [];
    show(threeDimensions(), (options) => changes.push(options));
    screen.getByRole('button', { name: 'NIC' }).focus();
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}');
    expect(changes[0].columns.map(({ name }) => name).slice(0, 3)).toEqual(['time', 'nic_name', 'host']);
    expect(window.localStorage).toHaveLength(0);
  });

  test('what was kept and cannot be read is passed over', () => {
    window.localStorage.setItem('bpfnet.related-logs.columns//1/request', '[{"name":7}]');
    show(threeDimensions());
    expect(headers().slice(1, 3)).toEqual(['Time', 'Host']);
  });
});
