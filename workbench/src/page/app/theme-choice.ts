export type ThemeName = 'dark' | 'light';

const STORAGE_KEY = 'bpfnet.workbench.theme';

/** `?theme=` wins over the stored choice; dark where neither says anything. */
export function readTheme(search: string, storage: Pick<Storage, 'getItem'>): ThemeName {
  const asked = new URLSearchParams(search).get('theme') ?? storage.getItem(STORAGE_KEY);
  return asked === 'light' ? 'light' : 'dark';
}

export function storeTheme(theme: ThemeName, storage: Pick<Storage, 'setItem'>): void {
  storage.setItem(STORAGE_KEY, theme);
}
