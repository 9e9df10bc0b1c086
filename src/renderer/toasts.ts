import { create } from 'zustand';
import type { EndReport, Failure, Resume } from '../shared/api.js';
import { formatBytes, type Language } from '../shared/format.js';
import type { ProcessKey } from '../shared/types.js';
import { type Say, sayFrom, sayNow } from './i18n.js';

export interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'info' | 'bad';
  readonly title: string;
  readonly lines: readonly string[];
  /** Stays until it is closed. */
  readonly sticky: boolean;
  /** What did not end in time, to be offered again with force. */
  readonly force: readonly ProcessKey[];
  readonly resume: Resume | null;
}

interface Toasts {
  readonly toasts: readonly Toast[];
  /** What the page's one polite live region says; `turn` tells the same words twice apart. */
  readonly said: { readonly text: string; readonly turn: number };
}

const MOST_TOASTS = 4;
const MOST_LINES = 6;

export const useToasts = create<Toasts>(() => ({ toasts: [], said: { text: '', turn: 0 } }));

/** Says something to those who hear the page, and shows nothing. */
export const announce = (text: string): void => useToasts.setState(({ said }) => ({ said: { text, turn: said.turn + 1 } }));

let lastId = 0;

/** Shows a result and says it once. */
export const showToast = (toast: Omit<Toast, 'id'>): void => {
  lastId += 1;
  const id = lastId;
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, { ...toast, id }].slice(-MOST_TOASTS) }));
  announce([toast.title, ...toast.lines].join('. '));
};

export const closeToast = (id: number): void => useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));

const bare = { lines: [], sticky: false, force: [], resume: null } as const;

/** Something small went well. */
export const showDone = (title: string): void => showToast({ ...bare, tone: 'ok', title });

/** A command was not carried out, and why. */
export const showFailure = (failure: Failure): void =>
  showToast({ ...bare, tone: 'bad', title: sayFrom(sayNow, 'error', failure), sticky: failure.reason !== 'cancelled' });

/** What an ending came to, in words: done, skipped and failed each with its reason. Pure. */
export const describeReport = (report: EndReport, forced: boolean, say: Say, language: Language): Omit<Toast, 'id'> => {
  const { results } = report;
  const done = results.filter((result) => result.outcome === 'done');
  const others = results.filter((result) => result.outcome !== 'done');
  const failed = others.some((result) => result.outcome === 'failed');
  const freed =
    report.freedBytes === null || done.length === 0 ? '' : say('ui.result.freed', { amount: formatBytes(report.freedBytes, language) });
  const verb = forced ? 'ui.result.killed' : 'ui.result.ended';
  const only = results.length === 1 ? results[0] : undefined;
  const title =
    done.length === 0
      ? only
        ? say('ui.result.noneOne', { name: only.name })
        : say('ui.result.none', { count: results.length })
      : only
        ? say(`${verb}One`, { name: only.name })
        : done.length === results.length
          ? say(`${verb}All`, { count: done.length })
          : say(`${verb}Some`, { done: done.length, count: results.length });
  const reasons = others.map((result) => {
    const reason = sayFrom(say, 'result', result);
    return only ? reason : say('ui.result.line', { name: result.name, reason });
  });
  const rest = reasons.length - MOST_LINES;
  return {
    tone: failed ? 'bad' : others.length > 0 ? 'info' : 'ok',
    title: `${title}${freed}`,
    lines: rest > 0 ? [...reasons.slice(0, MOST_LINES), say('ui.result.more', { count: rest })] : reasons,
    sticky: failed,
    force: forced ? [] : others.filter((result) => result.reason === 'timeout').map((result) => result.key),
    resume: done.length === 1 ? (done[0]?.resume ?? null) : null,
  };
};
