import { useMemo } from 'react';
import { formatAge, formatBytes, formatNumber } from '../../shared/format.js';
import { keyId } from '../../shared/process-key.js';
import type { ProcessView } from '../../shared/types.js';
import { useNow } from '../clock.js';
import { askToEnd } from '../ending.js';
import { useLanguage, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { memoryOf } from '../tally.js';
import { useView } from '../view.js';
import { Icon } from './Icon.js';

const ReadAgo = () => {
  const say = useWords();
  const now = useNow();
  const taken = useShown((shown) => shown.app?.snapshot?.takenAtMs);
  if (taken === undefined) return null;
  const age = now - taken;
  return <span className="t3 push">{age < 1000 ? say('ui.foot.readNow') : say('ui.foot.read', { age: formatAge(age) })}</span>;
};

const Selection = ({ processes, selected }: { readonly processes: readonly ProcessView[]; readonly selected: ReadonlySet<string> }) => {
  const say = useWords();
  const language = useLanguage();
  const tree = useView((view) => view.tree);
  const memory = useMemo(() => memoryOf(processes, selected, tree), [processes, selected, tree]);
  const chosen = processes.filter((view) => selected.has(keyId(view.key)));
  const keys = chosen.map((view) => view.key);
  return (
    <>
      <span>
        <span className="strong">{say('ui.foot.selected', { count: chosen.length })}</span>, {formatBytes(memory, language)}
      </span>
      <button type="button" className="btn sm" onClick={() => void askToEnd(keys, false)}>
        <Icon name="end" size="sm" />
        {say('ui.action.end')}
      </button>
      <button type="button" className="btn sm quiet-danger" onClick={() => void askToEnd(keys, true)}>
        <Icon name="force" size="sm" />
        {say('ui.action.force')}
      </button>
    </>
  );
};

/** What the table holds, or what is selected in it and can be done with it; and how old the reading is. */
export const Footer = ({ processes, items }: { readonly processes: readonly ProcessView[]; readonly items: number }) => {
  const say = useWords();
  const language = useLanguage();
  const selected = useView((view) => view.selected);
  const complete = useShown((shown) => shown.app?.snapshot?.complete ?? true);
  const known = useShown((shown) => (shown.app?.snapshot ?? null) !== null);
  const unreadable = useShown((shown) => shown.app?.snapshot?.totals.unreadable ?? 0);
  return (
    <footer className="foot">
      {selected.size > 0 ? (
        <Selection processes={processes} selected={selected} />
      ) : !known ? null : (
        <span>
          {say('ui.foot.items', { count: items, shown: formatNumber(items, language) })},{' '}
          {say('ui.foot.processes', { count: processes.length, shown: formatNumber(processes.length, language) })}
        </span>
      )}
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
