import { useEffect, useRef } from 'react';
import { formatNumber } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { clearLogFilter, NO_LOG_FILTER, readHead, useLog } from '../log-view.js';
import { Icon, type IconName } from '../parts/Icon.js';
import { LogClear } from '../parts/LogClear.js';
import { LogGrid } from '../parts/LogGrid.js';
import { LogToolbar } from '../parts/LogToolbar.js';
import { useActionName } from '../parts/use-action-name.js';
import { useShown } from '../store.js';

const Message = ({ icon, title, text, children }: { icon: IconName; title: string; text: string; children?: React.ReactNode }) => (
  <div className="empty">
    <Icon name={icon} size="lg" />
    <h2>{title}</h2>
    <p>{text}</p>
    {children}
  </div>
);

/** Why there is no line: the log cannot be read, is empty, or the filter hides all of it. */
const Empty = () => {
  const say = useWords();
  const language = useLanguage();
  const actionName = useActionName();
  const { filter, failure, head } = useLog();
  if (failure)
    return (
      <Message icon="error" title={say('ui.log.failed')} text={sayFrom(say, 'error', failure)}>
        <button type="button" className="btn" onClick={() => void readHead()}>
          {say('ui.stale.now')}
        </button>
      </Message>
    );
  if (head === null) return <Message icon="clock" title={say('ui.log.reading')} text="" />;
  if (head.total === 0) return <Message icon="info" title={say('ui.log.none')} text={say('ui.log.noneText')} />;
  const parts = [
    filter.text?.trim() ? say('ui.empty.quoted', { text: filter.text.trim() }) : null,
    ...(filter.levels ?? []).map((level) => say(`log.level.${level}`)),
    filter.action === undefined ? null : actionName(filter.action),
    filter.user === undefined ? null : cleanText(filter.user, 64),
    filter.from === undefined && filter.to === undefined ? null : say('ui.log.thatTime'),
  ].filter((part) => part !== null);
  return (
    <Message
      icon="filter"
      title={say('ui.log.filtered', { what: parts.join(', ') })}
      text={say('ui.log.hidden', { count: head.total, shown: formatNumber(head.total, language) })}
    >
      <button type="button" className="btn" onClick={clearLogFilter}>
        {say('ui.empty.clear')}
      </button>
    </Message>
  );
};

const Foot = ({ following }: { readonly following: boolean }) => {
  const say = useWords();
  const language = useLanguage();
  const head = useLog((log) => log.head);
  const filtered = useLog((log) => log.filter !== NO_LOG_FILTER && Object.keys(log.filter).length > 0);
  if (head === null) return <footer className="foot" />;
  const total = say('ui.log.entries', { count: head.total, shown: formatNumber(head.total, language) });
  return (
    <footer className="foot">
      <span>
        {filtered ? say('ui.log.ofEntries', { count: head.matching, shown: formatNumber(head.matching, language), total }) : total}
      </span>
      <span className="t3 clip hide-narrow">{say('ui.log.kept')}</span>
      {head.skipped > 0 && (
        <span className="note" data-tip={say('ui.log.skippedTip')}>
          <Icon name="info" size="sm" />
          <span className="clip">{say('ui.log.skipped', { count: head.skipped })}</span>
        </span>
      )}
      <span className="t3 push">{say(following ? 'ui.log.following' : 'ui.log.held')}</span>
    </footer>
  );
};

/** The action log: everything that was tried, newest first. */
export const LogsTab = () => {
  const say = useWords();
  const version = useShown((shown) => shown.app?.logVersion);
  const year = useShown((shown) => new Date(shown.app?.snapshot?.takenAtMs ?? Date.now()).getFullYear());
  const filter = useLog((log) => log.filter);
  const empty = useLog((log) => log.failure !== null || log.pages.matching === 0);
  // Who reads a line's details keeps it where it is.
  const following = useLog((log) => log.follow && log.open === null);
  const pane = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: both say that what was read is no longer all
  useEffect(() => void readHead(), [version, filter]);
  const follow = (): void => {
    useLog.setState(following ? { follow: false } : { follow: true, open: null });
    if (!following) pane.current?.querySelector('.rows')?.scrollTo({ top: 0 });
  };
  return (
    <>
      <LogToolbar following={following} onFollow={follow} />
      <div className="body">
        <div className="pane" ref={pane}>
          {empty ? (
            <section className="pane" aria-label={say('ui.log.label')}>
              <Empty />
            </section>
          ) : (
            <LogGrid following={following} year={year} />
          )}
          <Foot following={following} />
        </div>
      </div>
      <LogClear />
    </>
  );
};
