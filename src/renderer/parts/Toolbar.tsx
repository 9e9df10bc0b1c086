import { memo, useMemo } from 'react';
import type { Finding } from '../../shared/findings.js';
import { formatNumber } from '../../shared/format.js';
import { rowId } from '../../shared/row-id.js';
import type { ProcessView } from '../../shared/types.js';
import { countFound, FINDING_FILTERS, type FindingFilter, rowsFound } from '../found.js';
import { useLanguage, useWords } from '../i18n.js';
import type { ActivityFilter, StatusFilter } from '../select.js';
import { useShown } from '../store.js';
import { tallyStatuses, tallyUsers } from '../tally.js';
import { setFilter, toggleStatus, useView } from '../view.js';
import { ColumnMenu } from './ColumnMenu.js';
import { Icon } from './Icon.js';
import { STATUS_ICONS } from './kind-icons.js';
import { type Choice, Picker } from './Picker.js';
import { useKept } from './use-kept.js';
import { useKindName } from './use-kind-name.js';

const ACTIVITIES: readonly ActivityFilter[] = ['any', 'busy', 'waiting', 'shell', 'idle', 'unknown'];
const EVERYBODY = '';
const NO_FINDINGS: readonly Finding[] = [];

const Chip = memo(({ status, count }: { readonly status: Exclude<StatusFilter, 'all'>; readonly count: number | null }) => {
  const say = useWords();
  const language = useLanguage();
  const on = useView((view) => view.filter.status === status);
  const look = status === 'orphans' ? 'orphan' : status;
  return (
    <button type="button" className={!count && !on ? 'chip zero' : 'chip'} aria-pressed={on} onClick={() => toggleStatus(status)}>
      <span className={`st ${STATUS_ICONS[look]}`}>
        <Icon name={STATUS_ICONS[look]} />
      </span>
      {say(`status.${look}`)} <b>{formatNumber(count, language)}</b>
    </button>
  );
});

const pickUser = (user: string): void => setFilter({ user: user === EVERYBODY ? null : user });
const pickActivity = (value: string): void => setFilter({ activity: ACTIVITIES.find((each) => each === value) ?? 'any' });

const UserPicker = ({ processes }: { readonly processes: readonly ProcessView[] }) => {
  const say = useWords();
  const language = useLanguage();
  const chosen = useView((view) => view.filter.user);
  const choices = useKept<readonly Choice[]>([
    { value: EVERYBODY, label: say('ui.toolbar.allUsers') },
    ...tallyUsers(processes).flatMap(({ user, count }) =>
      user === null ? [] : [{ value: user, label: user, aside: formatNumber(count, language) }],
    ),
  ]);
  const name = say('ui.toolbar.user');
  return <Picker name={name} idle={name} value={chosen ?? EVERYBODY} none={EVERYBODY} onPick={pickUser} choices={choices} />;
};

const ActivityPicker = memo(() => {
  const say = useWords();
  const chosen = useView((view) => view.filter.activity);
  const choices = useMemo(
    () => ACTIVITIES.map((value): Choice => ({ value, label: say(value === 'any' ? 'ui.toolbar.anyActivity' : `activity.${value}`) })),
    [say],
  );
  return (
    <Picker
      className={chosen === 'any' ? 'hide-narrow' : ''}
      name={say('ui.toolbar.activity')}
      idle={say('ui.toolbar.activity')}
      value={chosen}
      none="any"
      onPick={pickActivity}
      choices={choices}
    />
  );
});

const pickFinding = (value: string): void => setFilter({ finding: FINDING_FILTERS.find((each) => each === value) ?? 'any' });

/** Rows by what was found about them, each kind with how many it would leave. */
const FindingPicker = ({ processes }: { readonly processes: readonly ProcessView[] }) => {
  const say = useWords();
  const language = useLanguage();
  const chosen = useView((view) => view.filter.finding);
  const findings = useShown((shown) => shown.app?.findings ?? NO_FINDINGS);
  const ids = useMemo(() => new Set(findings.length === 0 ? [] : processes.map((view) => rowId(view.key))), [findings, processes]);
  const labelOf = (value: FindingFilter): string => {
    if (value === 'any') return say('ui.toolbar.anyFinding');
    return say(value === 'some' ? 'ui.toolbar.someFinding' : `finding.type.${value}`);
  };
  const choices = useKept<readonly Choice[]>(
    FINDING_FILTERS.map((value) => ({
      value,
      label: labelOf(value),
      ...(value === 'any'
        ? {}
        : {
            aside: formatNumber(
              countFound(findings, value, (id) => ids.has(id)),
              language,
            ),
          }),
    })),
  );
  const name = say('ui.toolbar.finding');
  return <Picker name={name} idle={name} icon="warn" value={chosen} none="any" onPick={pickFinding} choices={choices} />;
};

/** Filters with what each would show, and how the table stands. */
export const Toolbar = ({ processes, held }: { readonly processes: readonly ProcessView[]; readonly held: boolean }) => {
  const say = useWords();
  const language = useLanguage();
  const kindName = useKindName();
  const filter = useView((view) => view.filter);
  const tree = useView((view) => view.tree);
  const known = useShown((shown) => (shown.app?.snapshot ?? null) !== null);
  const found = useShown((shown) => rowsFound(shown.app?.findings ?? NO_FINDINGS, filter.finding));
  const tallies = useMemo(() => tallyStatuses(processes, filter, kindName, found), [processes, filter, kindName, found]);
  // The sidebar tells the two kinds of orphan apart; the chip then says which of them is on.
  const orphan = filter.status === 'orphan' || filter.status === 'possible-orphan' ? filter.status : 'orphans';
  const countOf = (status: StatusFilter): number | null => (known ? tallies[status].count : null);
  return (
    <div className="toolbar" role="toolbar" aria-label={say('ui.toolbar.label')}>
      <button type="button" className="chip" aria-pressed={filter.status === 'all'} onClick={() => setFilter({ status: 'all' })}>
        {say('ui.toolbar.all')} <b>{formatNumber(countOf('all'), language)}</b>
      </button>
      <Chip status="normal" count={countOf('normal')} />
      <Chip status="high-memory" count={countOf('high-memory')} />
      <Chip status="old" count={countOf('old')} />
      <Chip status={orphan} count={countOf(orphan)} />
      <span className="sep" />
      <UserPicker processes={processes} />
      <ActivityPicker />
      <FindingPicker processes={processes} />
      <span className="grow" />
      {held && (
        <span className="tag info hide-narrow" data-tip={say('ui.toolbar.heldTip')}>
          <Icon name="pause" />
          {say('ui.toolbar.held')}
        </span>
      )}
      <button
        type="button"
        className="icon-btn"
        aria-label={say('ui.toolbar.tree')}
        aria-pressed={tree}
        data-tip={say('ui.toolbar.treeTip')}
        onClick={() => useView.setState({ tree: !tree })}
      >
        <Icon name="tree" />
      </button>
      <ColumnMenu />
    </div>
  );
};
