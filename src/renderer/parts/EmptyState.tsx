import { formatNumber } from '../../shared/format.js';
import { refreshNow } from '../commands.js';
import { useLanguage, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { clearFilters, useView } from '../view.js';
import { Icon, type IconName } from './Icon.js';

interface MessageProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly children?: React.ReactNode;
}

const Message = ({ icon, title, text, children }: MessageProps) => (
  <div className="empty">
    <Icon name={icon} size="lg" />
    <h2>{title}</h2>
    <p>{text}</p>
    {children}
  </div>
);

const Filtered = ({ hidden }: { readonly hidden: number }) => {
  const say = useWords();
  const language = useLanguage();
  const filter = useView((view) => view.filter);
  const parts = [
    filter.query.trim() === '' ? null : say('ui.empty.quoted', { text: filter.query.trim() }),
    filter.status === 'all' ? null : say(`status.${filter.status === 'orphans' ? 'orphan' : filter.status}`),
    filter.user,
    filter.activity === 'any' ? null : say(`activity.${filter.activity}`),
    filter.finding === 'any' ? null : say(filter.finding === 'some' ? 'ui.toolbar.someFinding' : `finding.type.${filter.finding}`),
  ].filter((part) => part !== null);
  return (
    <Message
      icon="filter"
      title={say('ui.empty.filtered', { what: parts.join(', ') })}
      text={say('ui.empty.hidden', { count: hidden, shown: formatNumber(hidden, language) })}
    >
      <button type="button" className="btn" onClick={clearFilters}>
        {say('ui.empty.clear')}
      </button>
    </Message>
  );
};

/** Why there is no row: nothing read yet, nothing running, nothing that matches, or nothing that may be read. */
export const EmptyState = ({ hidden }: { readonly hidden: number }) => {
  const say = useWords();
  const snapshot = useShown((shown) => shown.app?.snapshot ?? null);
  const error = useShown((shown) => shown.app?.loop.error ?? null);
  const enabled = useShown((shown) => shown.app?.loop.enabled ?? true);
  const seconds = useShown((shown) => shown.app?.settings.refresh_interval_seconds ?? 5);
  if (!snapshot)
    return error === null ? (
      <Message icon="clock" title={say('ui.empty.collecting')} text={say('ui.empty.collectingText')} />
    ) : (
      <Message icon="error" title={say('ui.empty.failed')} text={error}>
        <button type="button" className="btn" onClick={() => void refreshNow()}>
          {say('ui.stale.now')}
        </button>
      </Message>
    );
  if (hidden > 0) return <Filtered hidden={hidden} />;
  if (!snapshot.complete) return <Message icon="lock" title={say('ui.empty.denied')} text={say('ui.empty.deniedText')} />;
  return (
    <Message
      icon="check"
      title={say('ui.empty.none')}
      text={enabled ? say('ui.empty.noneText', { seconds }) : say('ui.empty.nonePaused')}
    />
  );
};
