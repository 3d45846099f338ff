import {
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  FieldColorModeId,
  type FieldConfigPropertyItem,
  identityOverrideProcessor,
  numberOverrideProcessor,
  type StandardEditorsRegistryItem,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  ThresholdsMode,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';
import { uniqBy } from 'lodash';

/**
 * The registries that panels and data links read while they are built. The workbench shows dashboards and has no panel
 * editor, so an editor draws nothing; ids, defaults and processing are those of Grafana.
 */
const noEditor = () => null;

const EDITOR_IDS = [
  'boolean',
  'select',
  'number',
  'slider',
  'text',
  'strings',
  'timezone',
  'multi-select',
  'radio',
  'unit',
  'links',
  'actions',
  'stats-picker',
  'color',
  'fieldColor',
  'field-name',
  'mappings',
  'thresholds',
  'dashboard-uid',
];

interface StandardField {
  readonly id: string;
  readonly path?: string;
  readonly name: string;
  readonly process: FieldConfigPropertyItem['process'];
  readonly defaultValue?: unknown;
}

const STANDARD_FIELDS: readonly StandardField[] = [
  { id: 'displayName', name: 'Display name', process: displayNameOverrideProcessor },
  { id: 'unit', name: 'Unit', process: unitOverrideProcessor },
  { id: 'min', name: 'Min', process: numberOverrideProcessor },
  { id: 'max', name: 'Max', process: numberOverrideProcessor },
  { id: 'fieldMinMax', name: 'Field min/max', process: booleanOverrideProcessor },
  { id: 'decimals', name: 'Decimals', process: numberOverrideProcessor },
  { id: 'noValue', name: 'No value', process: stringOverrideProcessor },
  { id: 'filterable', name: 'Filterable', process: booleanOverrideProcessor },
  {
    id: 'color',
    name: 'Color',
    process: identityOverrideProcessor,
    defaultValue: { mode: FieldColorModeId.Thresholds },
  },
  { id: 'links', name: 'Data links', process: dataLinksOverrideProcessor },
  { id: 'actions', name: 'Actions', process: identityOverrideProcessor },
  { id: 'mappings', name: 'Value mappings', process: valueMappingsOverrideProcessor, defaultValue: [] },
  {
    id: 'thresholds',
    name: 'Thresholds',
    process: thresholdsOverrideProcessor,
    defaultValue: {
      mode: ThresholdsMode.Absolute,
      steps: [
        { value: -Infinity, color: 'green' },
        { value: 80, color: 'red' },
      ],
    },
  },
];

export function installRegistries(): void {
  standardEditorsRegistry.setInit(() =>
    EDITOR_IDS.map((id): StandardEditorsRegistryItem => ({ id, name: id, editor: noEditor }))
  );
  standardFieldConfigEditorRegistry.setInit(() =>
    STANDARD_FIELDS.map((field): FieldConfigPropertyItem => ({
      ...field,
      path: field.path ?? field.id,
      category: ['Standard options'],
      editor: noEditor,
      override: noEditor,
      shouldApply: () => true,
    }))
  );
  standardTransformersRegistry.setInit(() =>
    uniqBy(Object.values(standardTransformers), 'id').map((transformation) => ({
      id: transformation.id,
      name: transformation.name,
      description: transformation.description,
      transformation: async () => transformation,
      editor: noEditor,
      imageDark: '',
      imageLight: '',
    }))
  );
}
