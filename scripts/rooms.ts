/**
 * The house in numbers, a line per folder: how many rooms it has (files and folders directly in it), on how many floors they lie (the
 * longest chain of imports among them), how many arrows there are between them, and how many of these lead back up.
 */
import path from 'node:path';
import { type SourceFile, type SourceTree } from './source-tree';

interface Folder {
  readonly path: string;
  readonly rooms: number;
  readonly floors: number;
  readonly arrows: number;
  /** Arrows between rooms that reach each other: no order of floors makes these lead down. */
  readonly backUp: number;
}

export function roomsReport(tree: SourceTree): string {
  const folders = foldersOf([...tree.values()].filter(({ use }) => use === 'production'));
  const width = Math.max(...folders.map(({ path: folder }) => folder.length));
  const line = (cells: readonly unknown[]) =>
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(width) : String(cell).padStart(7))).join(' ');
  return [
    line(['folder', 'rooms', 'floors', 'arrows', 'back up']),
    ...folders.map(({ path: folder, rooms, floors, arrows, backUp }) => line([folder, rooms, floors, arrows, backUp])),
  ].join('\n');
}

export function foldersOf(files: readonly SourceFile[]): readonly Folder[] {
  const paths = new Set(files.flatMap(({ path: file }) => parentsOf(file)));
  return [...paths]
    .sort()
    .map((folder) => folderOf(folder, files))
    .filter(({ rooms }) => rooms > 1);
}

function parentsOf(file: string): readonly string[] {
  const parts = path.posix.dirname(file).split('/');
  return parts.map((_part, i) => parts.slice(0, i + 1).join('/'));
}

function folderOf(folder: string, files: readonly SourceFile[]): Folder {
  const roomOf = (file: string): string | undefined =>
    file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split('/')[0] : undefined;
  const arrows = new Map<string, Set<string>>();
  for (const { path: file, imports } of files) {
    const from = roomOf(file);
    if (from !== undefined) {
      const to = imports.map((one) => roomOf(one.to)).filter((room) => room !== undefined && room !== from) as string[];
      arrows.set(from, new Set([...(arrows.get(from) ?? []), ...to]));
    }
  }
  const reach = reachable(arrows);
  const reachesBack = (from: string, to: string): boolean => reach.get(to)?.has(from) === true;
  const all = [...arrows].flatMap(([from, tos]) => [...tos].map((to) => [from, to] as const));
  return {
    path: folder,
    rooms: arrows.size,
    floors: Math.max(0, ...[...arrows.keys()].map((room) => height(room, arrows, reachesBack))),
    arrows: all.length,
    backUp: all.filter(([from, to]) => reachesBack(from, to)).length,
  };
}

function reachable(arrows: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    [...arrows.keys()].map((room) => {
      const seen = new Set<string>();
      const walk = (from: string): void =>
        arrows.get(from)?.forEach((to) => {
          if (!seen.has(to)) {
            seen.add(to);
            walk(to);
          }
        });
      walk(room);
      return [room, seen];
    })
  );
}

/** Rooms on the longest way down from one, arrows that lead back up left out. */
function height(
  room: string,
  arrows: ReadonlyMap<string, ReadonlySet<string>>,
  reachesBack: (from: string, to: string) => boolean,
  known = new Map<string, number>()
): number {
  const before = known.get(room);
  if (before !== undefined) {
    return before;
  }
  const below = [...(arrows.get(room) ?? [])].filter((to) => !reachesBack(room, to));
  const floors = 1 + Math.max(0, ...below.map((to) => height(to, arrows, reachesBack, known)));
  known.set(room, floors);
  return floors;
}
