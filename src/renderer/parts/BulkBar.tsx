import { useMemo } from 'react';
import { formatBytes } from '../../shared/format.js';
import { keyId } from '../../shared/process-key.js';
import type { ProcessView } from '../../shared/types.js';
import { askFor, askToEnd } from '../ending.js';
import { useLanguage, useWords } from '../i18n.js';
import { isPaused, toContinue, toEndAll, toPause } from '../requests.js';
import { memoryOf } from '../tally.js';
import { useView } from '../view.js';
import { Icon } from './Icon.js';
import { PriorityButton } from './PriorityItems.js';

/** What is selected, and what can be done with it. Each button opens the preview, which says what of each row. */
export const BulkBar = ({
  processes,
  selected,
}: {
  readonly processes: readonly ProcessView[];
  readonly selected: ReadonlySet<string>;
}) => {
  const say = useWords();
  const language = useLanguage();
  const tree = useView((view) => view.tree);
  const memory = useMemo(() => memoryOf(processes, selected, tree), [processes, selected, tree]);
  const chosen = processes.filter((view) => selected.has(keyId(view.key)));
  const keys = chosen.map((view) => view.key);
  const paused = chosen.filter(isPaused).map((view) => view.key);
  return (
    <>
      <span className="chosen">
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
      {paused.length < chosen.length && (
        <button
          type="button"
          className="btn sm"
          onClick={() => void askFor(toPause(chosen.filter((view) => !isPaused(view)).map((view) => view.key)))}
        >
          <Icon name="pause" size="sm" />
          {say('ui.action.pause')}
        </button>
      )}
      {paused.length > 0 && (
        <button type="button" className="btn sm" onClick={() => void askFor(toContinue(paused))}>
          <Icon name="play" size="sm" />
          {say('ui.action.continue')}
        </button>
      )}
      <PriorityButton keys={keys} />
    </>
  );
};

/** Ends every session of the user whom the table is filtered by; one without a name goes by "#1234" there, by the bare number in a request. */
export const EndUserButton = ({ user, narrow }: { readonly user: string; readonly narrow: boolean }) => {
  const say = useWords();
  return (
    <button
      type="button"
      className={`btn sm quiet-danger end-user ${narrow ? '' : 'hide-narrow'}`}
      data-tip={user}
      data-tip-clip
      onClick={() => void askFor(toEndAll({ type: 'user', user: user.replace(/^#(?=\d+$)/, '') }))}
    >
      <span className="clip">{say('ui.action.endUser', { user })}</span>
    </button>
  );
};
