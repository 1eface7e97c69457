import type { Appended, Beat, LogPart, StudyStorage } from './storage.js';

/** A log in the memory of this process, for studies of its name: what the other storages are compared with. */
export class MemoryStorage implements StudyStorage {
  readonly #log: MemoryLog;

  /** @param log shared by those who work on the same study. */
  constructor(
    log: MemoryLog,
    readonly shown = 'memory',
  ) {
    this.#log = log;
  }

  async append(lines: readonly string[], at?: number): Promise<Appended | null> {
    const { lines: kept } = this.#log;
    const from = kept.length;
    if (at !== undefined && at !== from) return null;
    kept.push(...lines);
    return { from, next: kept.length };
  }

  async read(from: number): Promise<LogPart> {
    const lines = this.#log.lines.slice(from);
    return { lines, next: from + lines.length };
  }

  async beat(worker: string): Promise<void> {
    const before = Number(this.#log.beats.get(worker)?.text ?? 0);
    this.#log.beats.set(worker, { text: String(before + 1), isGone: false });
  }

  async beats(): Promise<ReadonlyMap<string, Beat>> {
    return new Map(this.#log.beats);
  }

  async leave(worker: string): Promise<void> {
    this.#log.beats.delete(worker);
  }

  async close(): Promise<void> {}
}

export class MemoryLog {
  readonly lines: string[] = [];
  readonly beats = new Map<string, Beat>();
}
