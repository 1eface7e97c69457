import type { StudyEvent } from './events.js';
import { inFile, type JournalContents, type LocatedEvent } from './journalFormat.js';

/** What the study does not take from its events is the fault of the file. */
export function replayed<Replayed>(
  { events }: JournalContents,
  build: (events: Iterable<StudyEvent>) => Replayed,
): Replayed {
  let current: Omit<LocatedEvent, 'event'> | null = null;
  function* inOrder(located: readonly LocatedEvent[]): Generator<StudyEvent> {
    for (const { event, ...source } of located) {
      current = source;
      // What it is, the study checks.
      yield event as unknown as StudyEvent;
    }
    current = null;
  }
  try {
    return build(inOrder(events));
  } catch (error) {
    throw placed(error, current);
  }
}

/** An error of an event, as one of the file that it stands in. */
export function placed(error: unknown, source: Omit<LocatedEvent, 'event'> | null): unknown {
  return source === null ? error : inFile(error, source.place, source.writer);
}
