import { type DataFrame, LoadingState } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { panelProps } from '../../shared/test/panel-props';
import { NicTopologyPanel } from './NicTopologyPanel';
import { defaultOptions, type NicTopologyOptions } from './options';
import { hopFrames, outside, sixNics } from './path/test/hop-frames';

function show(series: DataFrame[], options: Partial<NicTopologyOptions> = {}, state = LoadingState.Done) {
  const props = panelProps({ ...defaultOptions, ...options }, series);
  return render(<NicTopologyPanel {...props} data={{ ...props.data, state }} />);
}

describe('states', () => {
  test('nothing came back', () => {
    show([]);
    expect(screen.getByRole('status')).toHaveTextContent('The query returned no data.');
  });

  test('loading for the first time', () => {
    show([], {}, LoadingState.Loading);
    expect(screen.getByRole('status')).toHaveTextContent('Loading');
  });

  test('no NIC saw the request', () => {
    show(hopFrames([], []));
    expect(screen.getByRole('status')).toHaveTextContent('No records of this request in this time range.');
  });

  test('a frame of another kind', () => {
    const [frame] = sixNics();
    show([{ ...frame, name: 'logs', meta: {}, fields: frame.fields.slice(0, 1) }]);
    expect(screen.getByRole('alert')).toHaveTextContent('got "logs"');
  });
});

test('the path is a list in order, with the hops in words', () => {
  show(sixNics());
  const items = screen.getAllByRole('listitem');
  expect(items).toHaveLength(6);
  expect(screen.getByRole('group', { name: /^cart-7f9c on node-a, eth0 · shop · cart, / })).toBeInTheDocument();
  expect(items[2]).toHaveTextContent('Hop: 208.9 ms round trip, slowest hop.');
  expect(items[1]).toHaveTextContent('address translation: server 10.96.0.8:80 → 10.2.1.7:8080');
  expect(screen.getByText('The clocks of node-a and node-b were not compared.')).toBeInTheDocument();
});

test('arrow keys go from NIC to NIC', async () => {
  const user = userEvent.setup();
  show(sixNics());
  await user.tab();
  expect(screen.getByRole('group', { name: /^cart-7f9c/ })).toHaveFocus();
  await user.keyboard('{ArrowRight}');
  expect(screen.getByRole('group', { name: /^veth3a1/ })).toHaveFocus();
  await user.keyboard('{ArrowLeft}');
  expect(screen.getByRole('group', { name: /^cart-7f9c/ })).toHaveFocus();
});

test('focus shows the addresses before and after', async () => {
  const user = userEvent.setup();
  show(sixNics());
  await user.tab();
  await user.keyboard('{ArrowRight}');
  const details = await screen.findByRole('tooltip');
  expect(details).toHaveTextContent('10.1.1.4:41230 → 10.96.0.8:80');
  expect(details).toHaveTextContent('after10.1.1.4:41230 → 10.2.1.7:8080');
});

describe('links', () => {
  test('the connection at a NIC opens in a new tab', () => {
    show(sixNics());
    const link = screen.getByRole('link', { name: 'Open the record of veth3a1 in a new tab' });
    expect(link).toHaveAttribute('target', '_blank');
    expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    const url = new URL(link.getAttribute('href') ?? '', 'http://grafana');
    expect(url.pathname).toBe('/d/bpfnet-connection');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      'var-inner_traceid': 'n1',
      'var-request_id': 'r1',
      from: '1764000000000',
      to: '1764003600000',
    });
  });

  test('not where the template is not safe, and not for ends that nobody saw', () => {
    const { unmount } = show(sixNics(), { recordUrl: 'javascript:alert(1)' });
    expect(screen.queryByRole('link')).not.toBeInTheDocument();
    unmount();
    show(hopFrames([{}, outside('server')], [{}]));
    expect(screen.getAllByRole('link')).toHaveLength(1);
  });
});
