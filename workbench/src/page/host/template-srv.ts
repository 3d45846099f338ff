import { type ScopedVars, type TimeRange, type TypedVariableModel } from '@grafana/data';
import { type TemplateSrv, type VariableInterpolation } from '@grafana/runtime';
import { type SceneObject, sceneGraph } from '@grafana/scenes';

const VARIABLE_PATTERN = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\${(\w+)(?:\.([^:^\}]+))?(?::([^\}]+))?}/;

/** Replaces variables by asking the scene: the object that a query belongs to, else the dashboard on screen. */
export class SceneTemplateSrv implements TemplateSrv {
  private scene: SceneObject | undefined;

  show(scene: SceneObject | undefined): void {
    this.scene = scene;
  }

  shown(): SceneObject | undefined {
    return this.scene;
  }

  replace(
    target?: string,
    scopedVars?: ScopedVars,
    format?: string | Function,
    interpolations?: VariableInterpolation[]
  ): string {
    const owner = sceneObjectOf(scopedVars) ?? this.scene;
    if (target === undefined || owner === undefined) {
      return target ?? '';
    }
    return sceneGraph.interpolate(owner, target, scopedVars, format as never, interpolations);
  }

  containsTemplate(target?: string): boolean {
    return target !== undefined && VARIABLE_PATTERN.test(target);
  }

  getVariables(): TypedVariableModel[] {
    if (this.scene === undefined) {
      return [];
    }
    return sceneGraph.getVariables(this.scene).state.variables.map(
      ({ state }) =>
        ({
          id: state.name,
          name: state.name,
          label: state.label ?? null,
          type: state.type,
        }) as TypedVariableModel
    );
  }

  updateTimeRange(_timeRange: TimeRange): void {
    // The scene holds the time range.
  }
}

function sceneObjectOf(scopedVars: ScopedVars | undefined): SceneObject | undefined {
  const holder: unknown = scopedVars?.__sceneObject?.value;
  return holder === undefined || holder === null ? undefined : (holder as { valueOf(): SceneObject }).valueOf();
}
