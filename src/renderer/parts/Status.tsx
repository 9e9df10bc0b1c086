import type { Activity, ProcessView } from '../../shared/types.js';
import { useWords } from '../i18n.js';
import { isPaused } from '../requests.js';
import { Icon } from './Icon.js';
import { ACTIVITY_ICONS, STATUS_ICONS } from './kind-icons.js';

/** What stands in the status column: the status, or "protected" where there is nothing worse to say. */
export const shownStatus = (view: Pick<ProcessView, 'status' | 'refusal'>): keyof typeof STATUS_ICONS =>
  view.status === 'normal' && view.refusal?.reason === 'protected' ? 'protected' : view.status;

/** A status as shape, word and hue. */
export const Status = ({ of }: { readonly of: keyof typeof STATUS_ICONS }) => {
  const say = useWords();
  return (
    <span className={`st ${STATUS_ICONS[of]}`}>
      <Icon name={STATUS_ICONS[of]} />
      <span>{say(`status.${of}`)}</span>
    </span>
  );
};

/** What stands in the activity column: paused, whatever its record says that it was doing. */
export const shownActivity = (view: Pick<ProcessView, 'state' | 'activity'>): Activity | 'paused' =>
  isPaused(view) ? 'paused' : view.activity;

/** What a session is doing, as shape and word; `waitingFor` is said in the tooltip. */
export const ActivityWord = ({ of, waitingFor }: { readonly of: Activity | 'paused'; readonly waitingFor: string | null }) => {
  const say = useWords();
  if (of === 'none') return <span className="dim">–</span>;
  return (
    <span className={`st ${of}`} data-tip={of === 'waiting' && waitingFor ? say('ui.row.waitingFor', { what: waitingFor }) : undefined}>
      <Icon name={ACTIVITY_ICONS[of]} />
      <span>{say(`activity.${of}`)}</span>
    </span>
  );
};
