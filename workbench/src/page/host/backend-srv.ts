import { type BackendSrv, type BackendSrvRequest, type FetchError, type FetchResponse } from '@grafana/runtime';
import { defer, firstValueFrom, from, type Observable, throwError } from 'rxjs';

/** Grafana's HTTP client, on fetch: same-origin only, one live request for each request id. */
export class WorkbenchBackendSrv implements BackendSrv {
  private readonly live = new Map<string, AbortController>();

  fetch<T>(request: BackendSrvRequest): Observable<FetchResponse<T>> {
    return defer(() => from(this.send<T>(request)));
  }

  chunked(_request: BackendSrvRequest): Observable<FetchResponse<Uint8Array | undefined>> {
    return throwError(() => new Error('The workbench has no streaming requests.'));
  }

  async request<T>(request: BackendSrvRequest): Promise<T> {
    return (await firstValueFrom(this.fetch<T>(request))).data;
  }

  async datasourceRequest<T>(request: BackendSrvRequest): Promise<FetchResponse<T>> {
    return firstValueFrom(this.fetch<T>(request));
  }

  get<T>(url: string, params?: BackendSrvRequest['params'], requestId?: string): Promise<T> {
    return this.request<T>({ url, params, requestId, method: 'GET' });
  }

  post<T>(url: string, data?: unknown): Promise<T> {
    return this.request<T>({ url, data, method: 'POST' });
  }

  put<T>(url: string, data?: unknown): Promise<T> {
    return this.request<T>({ url, data, method: 'PUT' });
  }

  patch<T>(url: string, data?: unknown): Promise<T> {
    return this.request<T>({ url, data, method: 'PATCH' });
  }

  delete<T>(url: string, data?: unknown): Promise<T> {
    return this.request<T>({ url, data, method: 'DELETE' });
  }

  private async send<T>(request: BackendSrvRequest): Promise<FetchResponse<T>> {
    const url = withParams(request.url, request.params);
    const abort = this.replaceLive(request.requestId);
    request.abortSignal?.addEventListener('abort', () => abort.abort());
    let response: Response;
    try {
      response = await fetch(url, {
        method: request.method ?? 'GET',
        headers: { ...jsonHeader(request.data), ...request.headers },
        body: body(request.data),
        credentials: 'same-origin',
        signal: abort.signal,
      });
    } catch (error) {
      throw failure(request, {
        status: abort.signal.aborted ? -1 : 502,
        statusText: abort.signal.aborted ? 'Request was aborted' : 'Bad gateway',
        cancelled: abort.signal.aborted,
        data: { message: error instanceof Error ? error.message : 'The server cannot be reached.' },
      });
    }
    const data: unknown = await read(response, request.responseType);
    if (!response.ok) {
      throw failure(request, { status: response.status, statusText: response.statusText, data: asError(data) });
    }
    const { ok, status, statusText, headers, redirected, type } = response;
    return { data: data as T, ok, status, statusText, headers, redirected, type, url: response.url, config: request };
  }

  private replaceLive(requestId: string | undefined): AbortController {
    const abort = new AbortController();
    if (requestId !== undefined) {
      this.live.get(requestId)?.abort();
      this.live.set(requestId, abort);
    }
    return abort;
  }
}

function withParams(path: string, params: BackendSrvRequest['params']): string {
  const url = new URL(path.startsWith('/') ? path : `/${path}`, window.location.origin);
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value !== undefined && value !== null) {
      for (const item of [value].flat()) {
        url.searchParams.append(name, String(item));
      }
    }
  }
  return url.toString();
}

function jsonHeader(data: unknown): Record<string, string> {
  return data === undefined || typeof data === 'string' || data instanceof URLSearchParams
    ? {}
    : { 'content-type': 'application/json' };
}

function body(data: unknown): BodyInit | undefined {
  if (data === undefined || data === null) {
    return undefined;
  }
  return typeof data === 'string' || data instanceof URLSearchParams ? data : JSON.stringify(data);
}

async function read(response: Response, responseType: BackendSrvRequest['responseType']): Promise<unknown> {
  if (responseType === 'arraybuffer') {
    return response.arrayBuffer();
  }
  if (responseType === 'blob') {
    return response.blob();
  }
  const text = await response.text();
  if (responseType === 'text') {
    return text;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asError(data: unknown): unknown {
  return typeof data === 'string' ? { message: data } : data;
}

function failure(config: BackendSrvRequest, rest: Omit<FetchError, 'config'>): FetchError {
  return { ...rest, config };
}
