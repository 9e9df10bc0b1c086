import { formatAge, formatNumber } from '../../shared/format.js';
import type { ProcessView } from '../../shared/types.js';
import { useNow } from '../clock.js';
import { useLanguage, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { useView } from '../view.js';
import { BulkBar, EndUserButton } from './BulkBar.js';
import { Icon } from './Icon.js';

const ReadAgo = () => {
  const say = useWords();
  const now = useNow();
  const taken = useShown((shown) => shown.app?.snapshot?.takenAtMs);
  if (taken === undefined) return null;
  const age = now - taken;
  return <span className="read t3 push">{age < 1000 ? say('ui.foot.readNow') : say('ui.foot.read', { age: formatAge(age) })}</span>;
};

/** What the table holds, or what is selected in it and can be done with it; and how old the reading is. */
export const Footer = ({ processes, items }: { readonly processes: readonly ProcessView[]; readonly items: number }) => {
  const say = useWords();
  const language = useLanguage();
  const selected = useView((view) => view.selected);
  const user = useView((view) => view.filter.user);
  const complete = useShown((shown) => shown.app?.snapshot?.complete ?? true);
  const known = useShown((shown) => (shown.app?.snapshot ?? null) !== null);
  const unreadable = useShown((shown) => shown.app?.snapshot?.totals.unreadable ?? 0);
  return (
    <footer className={selected.size > 0 ? 'foot selecting' : 'foot'}>
      {selected.size > 0 ? (
        <BulkBar processes={processes} selected={selected} />
      ) : !known ? null : (
        <span>
          {say('ui.foot.items', { count: items, shown: formatNumber(items, language) })},{' '}
          {say('ui.foot.processes', { count: processes.length, shown: formatNumber(processes.length, language) })}
        </span>
      )}
      {user !== null && <EndUserButton user={user} narrow={selected.size === 0} />}
      {(unreadable > 0 || !complete) && (
        <span className="note" data-tip={say(complete ? 'ui.foot.unreadableTip' : 'ui.foot.incompleteTip')}>
          <Icon name="lock" size="sm" />
          <span className="clip">{complete ? say('ui.foot.unreadable', { count: unreadable }) : say('ui.foot.incomplete')}</span>
        </span>
      )}
      <ReadAgo />
    </footer>
  );
};
