import {
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  dateTime,
  LoadingState,
  type PanelData,
  toDataFrame,
} from '@grafana/data';
import { concat, lastValueFrom, NEVER, type Observable, of, throwError, timer, toArray } from 'rxjs';
import { delay, map, take } from 'rxjs/operators';
import { runRequest } from './run-request';

const RANGE = { from: dateTime(0), to: dateTime(1000), raw: { from: 'now-1s', to: 'now' } };

function request(targets: ReadonlyArray<{ refId: string; hide?: boolean }> = [{ refId: 'A' }]): DataQueryRequest {
  return {
    requestId: 'r',
    app: 'dashboard',
    interval: '1s',
    intervalMs: 1000,
    range: RANGE,
    scopedVars: {},
    targets: [...targets],
    timezone: 'utc',
    startTime: 0,
  };
}

function frame(name: string, refId = 'A') {
  return toDataFrame({ name, refId, fields: [{ name: 'n', values: [1] }] });
}

function run(query: (asked: DataQueryRequest) => Observable<DataQueryResponse>, asked = request()) {
  return runRequest({ query } as unknown as DataSourceApi, asked);
}

function all(data: Observable<PanelData>): Promise<PanelData[]> {
  return lastValueFrom(data.pipe(toArray()));
}

const shown = ({ state, series }: PanelData) => `${state}: ${series.map(({ name }) => name).join(' ')}`;

describe('runRequest', () => {
  it("hands out the datasource's frames", async () => {
    expect((await all(run(() => of({ data: [frame('one')] })))).map(shown)).toEqual(['Done: one']);
  });

  it('says that it is loading where the answer takes its time', async () => {
    const answers = await all(run(() => of({ data: [frame('late')] }).pipe(delay(300))));
    expect(answers.map(shown)).toEqual(['Loading: ', 'Done: late']);
  });

  it('asks once, and stops asking when nobody listens', () => {
    let running = 0;
    const query = () =>
      timer(0, 50).pipe(
        map(() => ({ data: [frame('x')] })),
        take(1)
      );
    const counted = () => {
      running++;
      return concat(query(), NEVER);
    };
    const subscription = run(counted).subscribe();
    subscription.unsubscribe();
    expect(running).toBe(1);
  });

  it('replaces frames of the same key and keeps those of others', async () => {
    const answers = await all(
      run(() =>
        of(
          { key: 'a', data: [frame('a1')], state: LoadingState.Streaming },
          { key: 'b', data: [frame('b1')], state: LoadingState.Streaming },
          { key: 'a', data: [frame('a2')], state: LoadingState.Done }
        )
      )
    );
    expect(answers.map(shown)).toEqual(['Streaming: a1', 'Streaming: a1 b1', 'Done: a2 b1']);
  });

  it('turns reported and thrown errors into a state of the panel', async () => {
    const [reported] = await all(run(() => of({ data: [frame('part')], errors: [{ message: 'no store' }] })));
    expect(reported).toMatchObject({ state: 'Error', errors: [{ message: 'no store' }] });
    expect(reported.series).toHaveLength(1);
    const [thrown] = await all(run(() => throwError(() => new Error('broken'))));
    expect(thrown).toMatchObject({ state: 'Error', errors: [{ message: 'broken' }] });
    const [syncThrow] = await all(
      run(() => {
        throw new Error('at once');
      })
    );
    expect(syncThrow).toMatchObject({ state: 'Error', errors: [{ message: 'at once' }] });
  });

  it('asks for visible targets only, and for none at all where there are none', async () => {
    const asked: string[][] = [];
    const query = (one: DataQueryRequest) => {
      asked.push(one.targets.map(({ refId }) => refId));
      return of({ data: [] });
    };
    await all(run(query, request([{ refId: 'A' }, { refId: 'B', hide: true }])));
    await all(run(query, request([{ refId: 'B', hide: true }])));
    expect((await all(run(query, request([])))).map(shown)).toEqual(['Done: ']);
    expect(asked).toEqual([['A']]);
  });
});
