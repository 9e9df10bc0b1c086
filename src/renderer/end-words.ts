import type { Preview } from '../shared/api.js';
import { useWords } from './i18n.js';
import { type Variant, variantOf } from './requests.js';
import { useShown } from './store.js';

/** Whose button a variant has: what a bulk does to each is what End does. */
const BUTTONS: Readonly<Record<Variant, string>> = {
  end: 'end',
  orphans: 'end',
  old: 'end',
  user: 'end',
  all: 'end',
  force: 'force',
  admin: 'admin',
  adminForce: 'adminForce',
  pause: 'pause',
  continue: 'continue',
  low: 'low',
  normal: 'normal',
  high: 'high',
};

export interface EndWords {
  readonly title: string;
  readonly what: string;
  readonly button: string;
  /** While it is being done. */
  readonly running: string;
}

/** The dialog's words: verb and number in the title and in the button, for `count` ticked lines. */
export const useEndWords = (preview: Preview, count: number, nothing: boolean): EndWords => {
  const say = useWords();
  const configured = useShown((shown) => shown.app?.config.global_settings.max_process_age_hours ?? null);
  const { request } = preview;
  const { scope, verb } = request;
  const variant = variantOf(request);
  const button = `ui.act.${BUTTONS[variant]}`;
  const values = {
    seconds: Math.round(preview.graceMs / 1000),
    user: scope.type === 'user' ? scope.user : '',
    hours: scope.type === 'old' ? (scope.hours ?? configured) : null,
  };
  const running = say(`${button}.running`, values);
  if (nothing) {
    const empty = preview.excluded.length === 0;
    const missing = scope.type === 'keys' ? 'keys' : variant;
    return {
      title: say(`ui.act.nothing.${verb}`),
      what: empty ? say(`ui.act.empty.${missing}`, values) : say('ui.end.nothingWhat'),
      button: '',
      running,
    };
  }
  // They are not asked by a signal, and nothing kills them.
  const stops = verb === 'end' && preview.targets.every(({ kind }) => kind === 'bg-session');
  return {
    title: count === 0 ? say(`ui.act.choose.${verb}`) : say(`ui.act.${variant}.title`, { ...values, count }),
    what: stops ? say('ui.act.stop.what') : say(`ui.act.${variant}.what`, { ...values, count: Math.max(1, count) }),
    button: count === 0 ? say(`${button}.none`) : say(`${button}.button`, { count }),
    running,
  };
};
