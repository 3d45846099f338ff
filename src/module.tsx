import { AppPlugin } from '@grafana/data';

// The app carries the datasource, the panels and the dashboards; it has no page of its own.
export const plugin = new AppPlugin();
