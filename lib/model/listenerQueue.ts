import { ArgumentError } from '../errors.js';
import type { EventLog } from './eventLog.js';
import type { TrainingCheckpoint } from './events.js';
import {
  type AnyListener,
  isListenerObject,
  type RunListener,
  type TrainingEnd,
  type TrainingStart,
} from './listeners.js';

type Typed = { readonly type: string };

/** Epochs that a listener is given at a time, at most. */
const mostEpochsAtOnce = 1024;

/**
 * Tells one listener of a run: in order, and of one thing at a time. What it has not heard yet is a place in the log and
 * no heap of events, so a slow listener takes no memory and the training does not wait for it.
 */
export class ListenerQueue<Event extends Typed> {
  readonly #listener: RunListener<Event>;
  readonly #log: EventLog<Event>;
  readonly #onFailure: (error: unknown) => void;
  /** What is no event of the log, and what of that comes before it. */
  readonly #notices: { readonly tell: () => unknown; readonly place: number }[] = [];
  #heard = 0;
  #progress: Event | undefined;
  #hasStarted = false;
  #end: TrainingEnd | undefined;
  #isBusy = false;
  #closeWhenIdle = false;
  #isOver = false;
  #endWait: () => void = () => {};

  /** @param onFailure Called once, with what the listener throws or rejects with; it hears no more then. */
  constructor(listener: AnyListener, log: EventLog<Event>, onFailure: (error: unknown) => void) {
    this.#listener = withMethods(listener) as RunListener<Event>;
    this.#log = log;
    this.#onFailure = onFailure;
  }

  start(start: TrainingStart): void {
    this.#notice(() => {
      this.#hasStarted = true;
      return this.#listener.onStart?.(start);
    });
  }

  checkpoint(checkpoint: TrainingCheckpoint): void {
    this.#notice(() => this.#listener.onCheckpoint?.(checkpoint));
  }

  #notice(tell: () => unknown): void {
    this.#notices.push({ tell, place: this.#log.length });
    this.#goOn();
  }

  /** The log may have grown, and behind its end there may be progress. */
  tell(progress: Event | undefined): void {
    this.#progress = progress;
    this.#goOn();
  }

  /** There will be no more. */
  end(end: TrainingEnd): void {
    this.#progress = undefined;
    this.#end = end;
    this.#goOn();
  }

  /** Fulfils once the listener is done with everything, or has failed. */
  async settled(): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#endWait = resolve;
    });
  }

  /** As far as the listener answers at once. */
  #goOn(): void {
    while (!this.#isBusy && !this.#isOver && this.#tellNext());
  }

  /** False when there is nothing to tell. */
  #tellNext(): boolean {
    const listener = this.#listener;
    const [next] = this.#notices;
    const place = next?.place ?? this.#log.length;
    if (this.#heard < place) {
      this.#tellOfEvents(place);
    } else if (next !== undefined) {
      this.#notices.shift();
      this.#call(next.tell);
    } else if (this.#progress !== undefined) {
      const progress = this.#progress;
      this.#progress = undefined;
      this.#call(() => listener.onProgress?.(progress as never));
    } else if (this.#end !== undefined) {
      this.#tellOfEnd(this.#end);
    } else {
      return false;
    }
    return true;
  }

  /** The next event before a place of the log; of epochs as many as the listener takes. */
  #tellOfEvents(place: number): void {
    const listener = this.#listener;
    const event = this.#log.at(this.#heard++) as Event;
    if (event.type === 'statistics') this.#call(() => listener.onStatistics?.(event as never));
    if (event.type === 'warning') this.#call(() => listener.onWarning?.(event as never));
    if (event.type !== 'epoch') return;
    if (listener.onEpochs === undefined) {
      this.#call(() => listener.onEpoch?.(event as never));
      return;
    }
    const epochs = [event, ...this.#epochsBefore(place)];
    this.#call(() => listener.onEpochs?.(epochs as never));
  }

  #epochsBefore(place: number): Event[] {
    const epochs: Event[] = [];
    while (this.#heard < place && epochs.length + 1 < mostEpochsAtOnce) {
      const event = this.#log.at(this.#heard);
      if (event?.type !== 'epoch') break;
      epochs.push(event);
      this.#heard++;
    }
    return epochs;
  }

  #tellOfEnd(end: TrainingEnd): void {
    this.#end = undefined;
    if (this.#hasStarted) this.#call(() => this.#listener.onEnd?.(end));
    if (!this.#isBusy) this.#close();
    else this.#closeWhenIdle = true;
  }

  #call(call: () => unknown): void {
    try {
      const answer = call();
      if (typeof answer === 'object' && answer !== null) this.#waitFor(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #waitFor(answer: object): void {
    this.#isBusy = true;
    const goOn = (): void => {
      this.#isBusy = false;
      if (this.#closeWhenIdle) this.#close();
      this.#goOn();
    };
    Promise.resolve(answer).then(goOn, (error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#close();
    this.#onFailure(error);
  }

  #close(): void {
    this.#isOver = true;
    this.#endWait();
  }
}

/** A function is a listener that does the same for every kind of event. */
function withMethods(listener: AnyListener): RunListener<Typed> {
  if (typeof listener !== 'function') return listener;
  const tell = (event: Typed): unknown => {
    const answer = (listener as (event: Typed) => unknown)(event);
    if (isListenerObject(answer)) throw notCalled(listener);
    return answer;
  };
  return { onProgress: tell, onEpoch: tell, onStatistics: tell, onWarning: tell };
}

/** Such as `listeners: [progressBar]`, which would make listeners and tell them nothing. */
function notCalled({ name }: { readonly name: string }): ArgumentError {
  return new ArgumentError({
    path: 'listeners',
    expected: 'functions that are told of events, or objects with methods',
    received: 'a function that makes a listener',
    remedy: `Call it: listeners: [${name || 'listener'}()].`,
  });
}
