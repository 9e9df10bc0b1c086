import { create } from 'zustand';
import type { ActionRequest, EndReport, EndResult, Failure, Resume } from '../shared/api.js';
import type { Edit } from '../shared/config-edit.js';
import { formatBytes, type Language } from '../shared/format.js';
import { type Say, sayFrom, sayNow } from './i18n.js';
import { toEnd, toEndElevated } from './requests.js';

export interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'info' | 'bad';
  readonly title: string;
  readonly lines: readonly string[];
  /** Stays until it is closed. */
  readonly sticky: boolean;
  /** To end by force what did not end in time; null where nothing is to be forced. */
  readonly force: ActionRequest | null;
  readonly resume: Resume | null;
  /** Several sessions can be resumed: their commands stand in "Recently stopped". */
  readonly stopped: boolean;
  /** A shell command for the reader to run by hand, in place of what was not done. */
  readonly command: string | null;
  /** The token of an end that is still to come, and can be taken back; null = there is nothing to take back. */
  readonly undo: string | null;
  /** The changes that take back what was changed; null = there is nothing to take back. */
  readonly revert: readonly Edit[] | null;
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

/** The newest few; what can still be taken back is never pushed out. */
const newest = (toasts: readonly Toast[]): readonly Toast[] =>
  toasts.filter((toast, index) => toast.undo !== null || index >= toasts.length - MOST_TOASTS);

/** What a toast says. */
export type Said = Omit<Toast, 'id' | 'undo' | 'revert'>;

/** Shows a result and says it once; the toast's number. */
export const showToast = (toast: Said, undo: string | null = null, revert: Toast['revert'] = null): number => {
  lastId += 1;
  const id = lastId;
  useToasts.setState(({ toasts }) => ({ toasts: newest([...toasts, { ...toast, undo, revert, id }]) }));
  announce([toast.title, ...toast.lines].join('. '));
  return id;
};

/** Says something else in a toast that stands; for the eye only, or a countdown would speak every second. */
export const retitleToast = (id: number, title: string): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.map((toast) => (toast.id === id ? { ...toast, title } : toast)) }));

export const closeToast = (id: number): void => useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));

/** A toast that only says something. */
export const bare = { lines: [], sticky: false, force: null, resume: null, stopped: false, command: null } as const;

/** Something small went well. */
export const showDone = (title: string): number => showToast({ ...bare, tone: 'ok', title });

/** Settings were changed, and can be changed back. */
export const showChanged = (title: string, revert: readonly Edit[]): number => showToast({ ...bare, tone: 'ok', title }, null, revert);

/** Something is about to be done, and can be taken back until then. */
export const showUndo = (title: string, token: string): number => showToast({ ...bare, tone: 'info', title, sticky: true }, token);

/** The command to run by hand that comes with a refusal. */
const commandOf = ({ values }: Pick<Failure, 'values'>): string | null => {
  const command = values?.['command'];
  return typeof command === 'string' ? command : null;
};

/** A command was not carried out, and why. What the user called off himself is no fault. */
export const showFailure = (failure: Failure): void => {
  const calledOff = failure.reason === 'cancelled';
  showToast({
    ...bare,
    tone: calledOff ? 'info' : 'bad',
    title: sayFrom(sayNow, 'error', failure),
    sticky: !calledOff,
    command: commandOf(failure),
  });
};

type Deed = 'ended' | 'killed' | 'paused' | 'continued' | 'prioritised';

const deedOf = (request: ActionRequest): Deed => {
  if (request.verb === 'pause') return 'paused';
  if (request.verb === 'continue') return 'continued';
  if (request.verb === 'priority') return 'prioritised';
  return request.force ? 'killed' : 'ended';
};

/** A command to run by hand is shown beside the words, to be copied, not within them. */
const reasonOf = (result: EndResult, say: Say): string =>
  commandOf(result) === null ? sayFrom(say, 'result', result) : sayFrom(say, 'error', result);

/** What an action came to, in words: done, skipped and failed each with its reason. Pure. */
export const describeReport = (report: EndReport, request: ActionRequest, say: Say, language: Language): Said => {
  const { results } = report;
  const deed = deedOf(request);
  const ends = request.verb === 'end';
  const done = results.filter((result) => result.outcome === 'done');
  const others = results.filter((result) => result.outcome !== 'done');
  const failed = others.some((result) => result.outcome === 'failed');
  const freed =
    !ends || report.freedBytes === null || done.length === 0
      ? ''
      : say('ui.result.freed', { amount: formatBytes(report.freedBytes, language) });
  const only = results.length === 1 ? results[0] : undefined;
  const title =
    done.length === 0
      ? only
        ? say(`ui.result.${deed}NotOne`, { name: only.name })
        : say(`ui.result.${deed}Not`, { count: results.length })
      : only
        ? say(`ui.result.${deed}One`, { name: only.name })
        : done.length === results.length
          ? say(`ui.result.${deed}All`, { count: done.length })
          : say(`ui.result.${deed}Some`, { done: done.length, count: results.length });
  // One prompt for the whole list came to nothing: said once, not once a line.
  const prompt = others.find((result) => result.id.startsWith('elevate'));
  const lines = prompt && others.every((result) => result.id === prompt.id) ? [prompt] : others;
  const reasons = lines.map((result) => {
    const reason = reasonOf(result, say);
    return only || result === prompt ? reason : say('ui.result.line', { name: result.name, reason });
  });
  const command = others.map(commandOf).find((each) => each !== null) ?? null;
  const rest = reasons.length - MOST_LINES;
  const late = ends ? others.filter((result) => result.reason === 'timeout').map((result) => result.key) : [];
  const resumable = ends ? done.filter((result) => result.resume !== null) : [];
  return {
    tone: failed ? 'bad' : others.length > 0 ? 'info' : 'ok',
    title: `${title}${freed}`,
    lines: rest > 0 ? [...reasons.slice(0, MOST_LINES), say('ui.result.more', { count: rest })] : reasons,
    sticky: failed || command !== null,
    force: late.length === 0 || request.force ? null : request.elevated ? toEndElevated(late, true) : toEnd(late, true),
    resume: resumable.length === 1 ? (resumable[0]?.resume ?? null) : null,
    stopped: resumable.length > 1,
    command,
  };
};
