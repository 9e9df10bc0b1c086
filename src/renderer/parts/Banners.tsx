import { formatAge } from '../../shared/format.js';
import { useNow } from '../clock.js';
import { refreshNow } from '../commands.js';
import { sayFrom, useWords } from '../i18n.js';
import { useShown } from '../store.js';
import { useView } from '../view.js';
import { Icon } from './Icon.js';

/** The last look failed: how old the rows are, why, and the way to try again. */
const Stale = ({ sinceMs, error, nextMs }: { readonly sinceMs: number; readonly error: string | null; readonly nextMs: number | null }) => {
  const say = useWords();
  const now = useNow();
  const wait = nextMs === null ? null : Math.max(0, nextMs - now);
  return (
    <div className="banner stale" role="status">
      <Icon name="clock" />
      <span className="clip grow" data-tip={error} data-tip-clip>
        <span className="strong">{say('ui.stale.last', { age: formatAge(now - sinceMs) })}</span>{' '}
        <span className="t3">
          {wait === null ? '' : say('ui.stale.retry', { wait: formatAge(wait) })} {error}
        </span>
      </span>
      <button type="button" className="btn sm" onClick={() => void refreshNow()}>
        {say('ui.stale.now')}
      </button>
    </div>
  );
};

const noticeId = (notice: { readonly id: string; readonly values?: Readonly<Record<string, string | number>> }): string =>
  `${notice.id} ${JSON.stringify(notice.values ?? {})}`;

/** Above the toolbar: a reading that failed, and what main has to tell once. */
export const Banners = () => {
  const say = useWords();
  const stale = useShown((shown) => shown.app?.loop.staleSinceMs ?? null);
  const error = useShown((shown) => shown.app?.loop.error ?? null);
  const next = useShown((shown) => (stale === null ? null : (shown.app?.loop.nextLookAtMs ?? null)));
  const demo = useShown((shown) => shown.app?.about.demo ?? false);
  const notices = useShown((shown) => shown.app?.notices);
  const dismissed = useView((view) => view.dismissed);
  return (
    <>
      {demo && (
        <div className="banner info" role="note">
          <Icon name="info" />
          <span className="clip grow" data-tip={say('ui.demo.long')} data-tip-clip>
            <span className="strong">{say('ui.demo.name')}</span> <span>{say('ui.demo.long')}</span>
          </span>
        </div>
      )}
      {stale !== null && <Stale sinceMs={stale} error={error} nextMs={next} />}
      {notices
        ?.filter((notice) => !dismissed.has(noticeId(notice)))
        .map((notice) => (
          <div className="banner info" role="status" key={noticeId(notice)}>
            <Icon name="info" />
            <span className="grow">{sayFrom(say, 'notice', notice)}</span>
            <button
              type="button"
              className="icon-btn sm"
              aria-label={say('ui.dismiss')}
              data-tip={say('ui.dismiss')}
              onClick={() => useView.setState({ dismissed: new Set([...dismissed, noticeId(notice)]) })}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
    </>
  );
};
