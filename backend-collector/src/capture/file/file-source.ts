/**
 * One or more capture files as one `PacketSource`. Several files are merged by time, so that captures of several NICs replay as they
 * happened; packets within one file keep the order of the file.
 *
 * A file that turns out damaged ends there; the others go on, and the error is thrown at the end.
 */
import { CollectorError } from '../../errors';
import { type PacketCursor, type PacketDirection, type PacketSource, type SourceStats } from '../packet-source';
import { CaptureFile } from './capture-file';
import { FileNics } from './file-nics';

/** Opens all files before it reads any. Throws a `CollectorError` for the first that is missing or no capture. */
export async function openFileSource(paths: readonly string[]): Promise<PacketSource> {
  const nicTable = new FileNics();
  const files: CaptureFile[] = [];
  try {
    for (const path of paths) {
      files.push(await CaptureFile.open(path, nicTable));
    }
  } catch (error) {
    await Promise.all(files.map((file) => file.close()));
    throw error;
  }
  return new FileSource(files, nicTable);
}

class FileSource implements PacketSource {
  readonly stats: Readonly<SourceStats>;
  private closed = false;

  constructor(
    private readonly files: readonly CaptureFile[],
    private readonly nicTable: FileNics
  ) {
    this.stats = new FileStats(files);
  }

  get nics(): PacketSource['nics'] {
    return this.nicTable.nics;
  }

  async *batches(): AsyncGenerator<PacketCursor> {
    const failures: CollectorError[] = [];
    try {
      if (this.files.length === 1) {
        const [file] = this.files;
        do {
          yield file.cursor;
        } while (!this.closed && (await readOn(file, failures)));
      } else {
        const cursor = new MergingCursor(this.files);
        do {
          yield cursor;
        } while (!this.closed && (await cursor.refill(failures)));
      }
    } finally {
      await Promise.all(this.files.map((file) => file.close()));
    }
    const problem = this.files[0]?.linkTypeProblem();
    if (problem !== undefined) {
      failures.push(problem);
    }
    if (failures.length > 0) {
      throw new CollectorError(failures[0].kind, failures.map((f) => f.message).join(' '), failures[0].exitCode);
    }
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** Counts what the files' cursors stood on; with several files, one packet of each may still wait for its turn. */
class FileStats implements SourceStats {
  readonly kernelDrops = 0;
  readonly freezes = 0;

  constructor(private readonly files: readonly CaptureFile[]) {}

  get packets(): number {
    return this.files.reduce((sum, file) => sum + file.cursor.packets, 0);
  }

  get bytes(): number {
    return this.files.reduce((sum, file) => sum + file.cursor.bytes, 0);
  }
}

/** False where the file ended, also where it ended badly: the error is added to `failures`. */
async function readOn(file: CaptureFile, failures: CollectorError[]): Promise<boolean> {
  try {
    return await file.more();
  } catch (error) {
    failures.push(asCollectorError(error));
    return false;
  }
}

function asCollectorError(error: unknown): CollectorError {
  return error instanceof CollectorError
    ? error
    : new CollectorError(
        'truncated-capture',
        `Reading failed: ${error instanceof Error ? error.message : String(error)}.`
      );
}

interface Lane {
  readonly file: CaptureFile;
  state: 'at-packet' | 'dry' | 'ended';
}

/** Mirrors the file's cursor that stands on the earliest packet. */
class MergingCursor implements PacketCursor {
  buffer: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.buffer.buffer);
  offset = 0;
  capturedLength = 0;
  wireLength = 0;
  tsSec = 0;
  tsNsec = 0;
  nicId = 0;
  direction: PacketDirection = 0;
  readonly marks = 0;
  readonly vlanTci = 0;
  private readonly lanes: Lane[];
  private current: Lane | undefined;

  constructor(files: readonly CaptureFile[]) {
    this.lanes = files.map((file) => ({ file, state: file.cursor.next() ? 'at-packet' : 'dry' }));
  }

  /** A lane that has run dry ends the batch: whose packet comes next is known only when it was refilled. */
  next(): boolean {
    if (this.current !== undefined) {
      this.current.state = this.current.file.cursor.next() ? 'at-packet' : 'dry';
      this.current = undefined;
    }
    let earliest: Lane | undefined;
    for (const lane of this.lanes) {
      if (lane.state === 'dry') {
        return false;
      }
      if (lane.state === 'at-packet' && (earliest === undefined || isEarlier(lane.file.cursor, earliest.file.cursor))) {
        earliest = lane;
      }
    }
    if (earliest === undefined) {
      return false;
    }
    this.current = earliest;
    this.show(earliest.file.cursor);
    return true;
  }

  private show(from: PacketCursor): void {
    this.buffer = from.buffer;
    this.view = from.view;
    this.offset = from.offset;
    this.capturedLength = from.capturedLength;
    this.wireLength = from.wireLength;
    this.tsSec = from.tsSec;
    this.tsNsec = from.tsNsec;
    this.nicId = from.nicId;
    this.direction = from.direction;
  }

  async refill(failures: CollectorError[]): Promise<boolean> {
    for (const lane of this.lanes) {
      while (lane.state === 'dry') {
        if (!(await readOn(lane.file, failures))) {
          lane.state = 'ended';
        } else if (lane.file.cursor.next()) {
          lane.state = 'at-packet';
        }
      }
    }
    return this.lanes.some((lane) => lane.state !== 'ended');
  }
}

function isEarlier(a: PacketCursor, b: PacketCursor): boolean {
  return a.tsSec !== b.tsSec ? a.tsSec < b.tsSec : a.tsNsec < b.tsNsec;
}
