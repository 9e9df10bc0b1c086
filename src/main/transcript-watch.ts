import { isLiveSession } from '../shared/limits.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessView, Snapshot } from '../shared/types.js';
import { isHot } from '../shared/watches.js';

export interface TranscriptWatch {
  /** Asks, beside the look, for the transcripts of those sessions that are hot at work. */
  readonly look: (snapshot: Snapshot, monotonicMs: number) => void;
  /** When the transcript of each of them was last written, wall ms, by key id. */
  readonly writtenMs: () => ReadonlyMap<string, number>;
}

export interface TranscriptWatchParts {
  /** When a session's transcript was last written, wall ms; null = there is none, or it cannot be read. */
  readonly writtenMsOf: (view: ProcessView) => Promise<number | null>;
  readonly onProblem: (problem: unknown) => void;
}

/** A transcript is looked for in others' folders: rarely, and few at a time. */
const EACH_MS = 60_000;
const MOST_AT_ONCE = 2;

/** Follows the transcripts of sessions that are busy and hot: only they tell a session at work from one that spins. */
export const createTranscriptWatch = ({ writtenMsOf, onProblem }: TranscriptWatchParts): TranscriptWatch => {
  const written = new Map<string, number>();
  const askedAt = new Map<string, number>();
  let open = 0;

  const ask = async (view: ProcessView, id: string): Promise<void> => {
    open += 1;
    try {
      const at = await writtenMsOf(view);
      if (at !== null && askedAt.has(id)) written.set(id, at);
    } catch (error) {
      onProblem(error);
    } finally {
      open -= 1;
    }
  };
  return {
    look: (snapshot, monotonicMs) => {
      const wanted = snapshot.processes.filter(
        (view) => isHot(view) && isLiveSession(view) && (view.activity === 'busy' || view.activity === 'shell'),
      );
      const ids = new Set(wanted.map((view) => keyId(view.key)));
      for (const id of askedAt.keys())
        if (!ids.has(id)) {
          askedAt.delete(id);
          written.delete(id);
        }
      for (const view of wanted) {
        const id = keyId(view.key);
        const last = askedAt.get(id);
        if (open >= MOST_AT_ONCE || (last !== undefined && monotonicMs - last < EACH_MS)) continue;
        askedAt.set(id, monotonicMs);
        void ask(view, id);
      }
    },
    writtenMs: () => written,
  };
};
