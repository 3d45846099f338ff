import { type DataSourceApi } from '@grafana/data';
import * as runtime from '@grafana/runtime';

type GetInstance = (uid: string) => Promise<DataSourceApi>;

/** `getDataSourceSrv` is deprecated; what replaces it is not yet exported by every Grafana that we run in. */
export function dataSourceInstance(uid: string): Promise<DataSourceApi> {
  const exported: Readonly<Record<string, unknown>> = { ...runtime };
  return typeof exported.getDataSourceInstance === 'function'
    ? (exported.getDataSourceInstance as GetInstance)(uid)
    : runtime.getDataSourceSrv().get(uid);
}
