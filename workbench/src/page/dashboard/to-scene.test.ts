import '../test/intersection-observer';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CustomVariable,
  QueryVariable,
  SceneDataTransformer,
  type SceneGridItem,
  type SceneGridLayout,
  SceneGridRow,
  sceneGraph,
  SceneQueryRunner,
  TextBoxVariable,
  VizPanel,
} from '@grafana/scenes';
import { parseDashboard, type ClassicDashboard } from './classic-dashboard';
import { toScene } from './to-scene';

const DASHBOARDS = path.join(__dirname, '../../../../provisioning/dashboards');
const PROVISIONED = readdirSync(DASHBOARDS).filter((name) => name.endsWith('.json'));

function read(json: unknown): ClassicDashboard {
  const parsed = parseDashboard(json);
  if (parsed.kind === 'invalid') {
    throw new Error(parsed.reason);
  }
  return parsed.dashboard;
}

function provisionedDashboard(name: string): ClassicDashboard {
  return read(JSON.parse(readFileSync(path.join(DASHBOARDS, name), 'utf8')));
}

const FLOWS = { type: 'bpfnet-flows-datasource', uid: 'bpfnet-flows' };

const MINIMAL = { uid: 'a', title: 'A', schemaVersion: 39, panels: [] };

const PANEL = {
  id: 7,
  type: 'table',
  title: 'T',
  gridPos: { x: 2, y: 3, w: 10, h: 8 },
  datasource: FLOWS,
  targets: [{ refId: 'A', queryType: 'l7List', filters: { host: '$host' } }],
};

describe('parseDashboard', () => {
  it('names the place that is wrong', () => {
    expect(parseDashboard({ ...MINIMAL, panels: [{ ...PANEL, gridPos: { x: 0, y: 0, w: 'wide', h: 1 } }] })).toEqual({
      kind: 'invalid',
      reason: expect.stringMatching(/^panels\.0\.gridPos\.w: /),
    });
    expect(parseDashboard({ ...MINIMAL, schemaVersion: 16 })).toEqual({
      kind: 'invalid',
      reason: expect.stringMatching(/^schemaVersion: /),
    });
    expect(parseDashboard('text')).toMatchObject({ kind: 'invalid' });
  });

  it('keeps options that it does not know', () => {
    const { panels } = read({ ...MINIMAL, panels: [{ ...PANEL, options: { ours: { deep: 1 } } }] });
    expect(panels[0].options).toEqual({ ours: { deep: 1 } });
  });
});

describe('toScene', () => {
  function panelOf(json: object): VizPanel {
    const scene = toScene(read({ ...MINIMAL, panels: [{ ...PANEL, ...json }] }));
    const [found] = sceneGraph.findAllObjects(scene, (object) => object instanceof VizPanel);
    return found as VizPanel;
  }

  it('places a panel in the grid and gives it type, title and options', () => {
    const viz = panelOf({ options: { showHeader: false }, description: 'D', pluginVersion: '13.1.1' });
    const item = viz.parent as SceneGridItem;
    expect(item.state).toMatchObject({ x: 2, y: 3, width: 10, height: 8 });
    expect(viz.state).toMatchObject({
      key: 'panel-7',
      pluginId: 'table',
      title: 'T',
      description: 'D',
      options: { showHeader: false },
    });
  });

  it("runs the panel's targets as they stand, on the panel's datasource where a target names none", () => {
    const other = { type: 'loki', uid: 'bpfnet-loki' };
    const viz = panelOf({ targets: [...PANEL.targets, { refId: 'B', expr: '{a="b"}', datasource: other }] });
    const runner = viz.state.$data as SceneQueryRunner;
    expect(runner).toBeInstanceOf(SceneQueryRunner);
    expect(runner.state.datasource).toEqual(FLOWS);
    expect(runner.state.queries).toEqual([
      { refId: 'A', queryType: 'l7List', filters: { host: '$host' }, datasource: FLOWS },
      { refId: 'B', expr: '{a="b"}', datasource: other },
    ]);
  });

  it('transforms what the queries answer, disabled steps left out', () => {
    const steps = [
      { id: 'organize', options: { indexByName: { a: 0 } } },
      { id: 'limit', options: {}, disabled: true },
    ];
    const data = panelOf({ transformations: steps }).state.$data as SceneDataTransformer;
    expect(data).toBeInstanceOf(SceneDataTransformer);
    expect(data.state.transformations).toEqual([steps[0]]);
    expect(data.state.$data).toBeInstanceOf(SceneQueryRunner);
  });

  it('queries nothing for a panel without targets', () => {
    expect(panelOf({ targets: [] }).state.$data).toBeUndefined();
  });

  it('puts panels below a row into it', () => {
    const row = { id: 1, type: 'row', title: 'R', gridPos: { x: 0, y: 1, w: 24, h: 1 }, collapsed: true };
    const above = { ...PANEL, id: 2, gridPos: { ...PANEL.gridPos, y: 0 } };
    const scene = toScene(read({ ...MINIMAL, panels: [row, { ...PANEL, id: 3 }, above] }));
    const [first, second, ...rest] = (scene.state.body as SceneGridLayout).state.children;
    expect(rest).toEqual([]);
    expect(first.state.key).toBe('grid-item-2');
    expect(second).toBeInstanceOf(SceneGridRow);
    expect((second as SceneGridRow).state).toMatchObject({ title: 'R', isCollapsed: true });
    expect((second as SceneGridRow).state.children.map(({ state }) => state.key)).toEqual(['grid-item-3']);
  });

  it("begins with the file's time range and variables", () => {
    const list = [
      { name: 'text', type: 'textbox', query: 'x', current: { text: 'x', value: 'x' }, hide: 2 },
      { name: 'outcome', type: 'custom', query: 'ok,gap', multi: true, includeAll: true, allValue: '.*' },
      {
        name: 'host',
        type: 'query',
        datasource: FLOWS,
        query: 'host',
        multi: true,
        current: { text: ['a'], value: ['a'] },
      },
      { name: 'fixed', type: 'constant', query: '5' },
    ];
    const scene = toScene(read({ ...MINIMAL, time: { from: 'now-6h', to: 'now' }, templating: { list } }));
    expect(sceneGraph.getTimeRange(scene).state).toMatchObject({ from: 'now-6h', to: 'now' });
    const [text, outcome, host, fixed] = sceneGraph.getVariables(scene).state.variables;
    expect(text).toBeInstanceOf(TextBoxVariable);
    expect(text.state).toMatchObject({ name: 'text', value: 'x', hide: 2 });
    expect(outcome).toBeInstanceOf(CustomVariable);
    expect(outcome.state).toMatchObject({ isMulti: true, includeAll: true, allValue: '.*', defaultToAll: true });
    expect(host).toBeInstanceOf(QueryVariable);
    expect(host.state).toMatchObject({ datasource: FLOWS, query: 'host', value: ['a'] });
    expect(sceneGraph.interpolate(scene, '$text ${host:json} $fixed')).toBe('x ["a"] 5');
    expect(fixed.getValue()).toBe('5');
  });

  it.each(PROVISIONED)('shows every panel and variable of %s', (name) => {
    const dashboard = provisionedDashboard(name);
    const scene = toScene(dashboard);
    const shown = sceneGraph.findAllObjects(scene, (object) => object instanceof VizPanel) as VizPanel[];
    expect(shown.map(({ state }) => state.pluginId).sort()).toEqual(dashboard.panels.map(({ type }) => type).sort());
    expect(sceneGraph.getVariables(scene).state.variables.map(({ state }) => state.name)).toEqual(
      dashboard.templating.list.map((variable) => variable.name)
    );
    for (const viz of shown) {
      expect(sceneGraph.getData(viz)).toBeDefined();
      expect(viz.state.$data).toBeDefined();
    }
  });
});
