import { type DataFrame } from '@grafana/data';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { panelProps } from '../../shared/test/panel-props';
import { NicTopologyPanel } from './NicTopologyPanel';
import { defaultOptions, type NicTopologyOptions } from './options';
import { syntheticNicGraph } from './graph/test/synthetic-graph';

class SeesNoResize implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

beforeAll(() => {
  window.ResizeObserver = SeesNoResize;
  // jsdom draws nothing; what is drawn is looked at in a browser.
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});

function show(series: DataFrame[], options: Partial<NicTopologyOptions> = {}) {
  return render(<NicTopologyPanel {...panelProps({ ...defaultOptions, ...options }, series)} />);
}

const graph = () => screen.getByRole('application');
const said = () =>
  screen
    .getAllByRole('status')
    .map((one) => one.textContent)
    .join(' ');

test('frames of many requests are drawn as a graph', () => {
  show(syntheticNicGraph(40));
  expect(graph()).toHaveAccessibleName(/^Graph of \d+ nodes and \d+ edges$/);
});

test('keys go from node to node, and what is reached is said', async () => {
  const user = userEvent.setup();
  show(syntheticNicGraph(40));
  graph().focus();
  await user.keyboard('{ArrowRight}');
  const first = said();
  expect(first).toMatch(/req\/s.*in, \d+ out/);
  await user.keyboard('{ArrowRight}');
  expect(said()).not.toBe(first);
  await user.keyboard('{Escape}');
  expect(said().trim()).toBe('');
});

test('NICs collapse into hosts, and one host expands again', async () => {
  const user = userEvent.setup();
  show(syntheticNicGraph(40));
  await user.click(screen.getByRole('radio', { name: 'Hosts' }));
  const nodes = () => Number(/of (\d+) nodes/.exec(graph().getAttribute('aria-label') ?? '')?.[1]);
  const hosts = nodes();
  graph().focus();
  await user.keyboard('{ArrowRight}');
  await user.click(screen.getByRole('button', { name: 'Expand' }));
  expect(nodes()).toBeGreaterThan(hosts);
});

test('the rest is one node that says how many it is', () => {
  show(syntheticNicGraph(100), { busiest: 10 });
  expect(graph()).toHaveAccessibleName(/^Graph of 11 nodes/);
});

test('the list has the same edges, and leads to their requests', async () => {
  const user = userEvent.setup();
  show(syntheticNicGraph(40));
  await user.click(screen.getByRole('button', { name: 'List' }));
  const table = within(screen.getByRole('table'));
  expect(table.getAllByRole('columnheader').map((cell) => cell.textContent)).toContain('Round trip p95');
  const href = table.getAllByRole('link')[0].getAttribute('href') ?? '';
  const url = new URL(href, 'http://grafana');
  expect(url.pathname).toBe('/d/bpfnet-requests');
  expect(url.searchParams.get('var-host')).toMatch(/^node-/);
});

test('a search says how many it found', async () => {
  const user = userEvent.setup();
  show(syntheticNicGraph(40));
  await user.type(screen.getByPlaceholderText('Find a node'), 'svc-3');
  expect(said()).toMatch(/^\d+ found/);
});
