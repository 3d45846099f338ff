import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { type Palette } from './draw-ladder';

export function ladderPalette(theme: GrafanaTheme2): Palette {
  const colour = (name: string) => theme.visualization.getColorByName(name);
  return {
    tones: {
      plain: colour(theme.isDark ? 'light-blue' : 'blue'),
      payload: colour(theme.isDark ? 'green' : 'dark-green'),
      muted: theme.colors.text.disabled,
      attention: colour(theme.isDark ? 'orange' : 'dark-orange'),
      warning: colour(theme.isDark ? 'yellow' : 'dark-yellow'),
      danger: colour(theme.isDark ? 'red' : 'dark-red'),
    },
    text: {
      plain: theme.colors.text.primary,
      payload: theme.colors.text.primary,
      muted: theme.colors.text.secondary,
      attention: theme.colors.warning.text,
      warning: theme.colors.warning.text,
      danger: theme.colors.error.text,
    },
    background: theme.colors.background.primary,
    laneLine: theme.colors.border.medium,
    selected: theme.colors.action.selected,
    request: colorManipulator.alpha(theme.colors.primary.main, 0.07),
    match: theme.colors.action.hover,
    font: `11px ${theme.typography.fontFamily}`,
  };
}
