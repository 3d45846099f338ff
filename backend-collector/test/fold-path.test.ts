/** Which parts of a path are ids. */
import fc from 'fast-check';
import { Script } from './build/connection';
import { replayPackets } from './build/replay';
import { foldPath } from '../src/record/fold-path';

describe('a folded path', () => {
  it.each([
    ['/', '/'],
    ['/api/orders', '/api/orders'],
    ['/api/v1/orders/42', '/api/v1/orders/{id}'],
    ['/users/7/orders/0042/', '/users/{id}/orders/{id}/'],
    ['/o/0af76519-16cd-43dd-8448-eb211c80319c/x', '/o/{id}/x'],
    ['/commit/4e438a4f', '/commit/{id}'],
    ['/facade/deadbeef', '/facade/deadbeef'],
    ['/t/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/t/{id}'],
    ['/internationalization-settings', '/internationalization-settings'],
    ['/static/main.3f2a1b.css', '/static/main.3f2a1b.css'],
    ['/oauth2/s3-bucket/ipv4', '/oauth2/s3-bucket/ipv4'],
    ['/p/1.2.3', '/p/{id}'],
    [`/k/${'x'.repeat(65)}`, '/k/{id}'],
    ['*', '*'],
  ])('%s', (path, expected) => {
    expect(foldPath(path)).toBe(expected);
  });

  it('stays as it is when folded again, and has as many parts', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const folded = foldPath(path);
        expect(foldPath(folded)).toBe(folded);
        expect(folded.split('/')).toHaveLength(path.split('/').length);
      })
    );
  });

  it('stands in HTTP exchanges where it is asked for', async () => {
    const script = new Script()
      .handshake()
      .sends('client', 'GET /users/42?x HTTP/1.1\r\n\r\n')
      .sends('server', 'HTTP/1.1 204 No\r\n\r\n');
    const [plain] = (await replayPackets(script.packets)).l7;
    const [folded] = (await replayPackets(script.packets, { foldPaths: true })).l7;
    expect(plain).toMatchObject({ l7_resource: '/users/42', http_path: '/users/42' });
    expect(folded).toMatchObject({
      l7_resource: '/users/{id}',
      http_path: '/users/{id}',
      request_id: plain.request_id,
    });
  });
});
