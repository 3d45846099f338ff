import { type AnnotationQuery } from '@grafana/data';
import { dataLayers, SceneDataLayerSet } from '@grafana/scenes';
import { type ClassicAnnotation } from './classic-dashboard';

/** Events that the panels of a dashboard draw over their time axis; undefined where it has none. */
export function toAnnotations(annotations: readonly ClassicAnnotation[]): SceneDataLayerSet | undefined {
  const layers = annotations
    .filter(({ builtIn }) => builtIn !== 1)
    .map(
      (annotation) =>
        new dataLayers.AnnotationsDataLayer({
          name: annotation.name,
          isEnabled: annotation.enable,
          isHidden: annotation.hide,
          query: annotation as unknown as AnnotationQuery,
        })
    );
  return layers.length === 0 ? undefined : new SceneDataLayerSet({ layers });
}
