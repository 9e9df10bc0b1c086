import { memo, useEffect, useRef, useState } from 'react';
import type { Failure, ProcessDetails } from '../../shared/api.js';
import { formatBytes } from '../../shared/format.js';
import { keyId } from '../../shared/process-key.js';
import type { ProcessView } from '../../shared/types.js';
import { ask } from '../ask.js';
import { askFor, askToEnd } from '../ending.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { canElevate, isPaused, toEndElevated } from '../requests.js';
import { figuresOf, userOf } from '../select.js';
import { useShown } from '../store.js';
import { announce } from '../toasts.js';
import { useView } from '../view.js';
import { Command, EndingSection, Facts, Parents, TrendSection, Why } from './DetailsSections.js';
import { FindingsSection } from './Findings.js';
import { focusGrid } from './grid-focus.js';
import { Icon } from './Icon.js';
import { KIND_ICONS, STATUS_ICONS } from './kind-icons.js';
import { shownStatus } from './Status.js';

export const closeDetails = (): void => {
  const inside = document.activeElement?.closest('.details');
  useView.setState({ details: null });
  if (inside) focusGrid()?.focus();
};

interface Fetched {
  readonly id: string;
  readonly details: ProcessDetails | null;
  readonly failure: Failure | null;
}

/** What main knows beyond the row: asked for on opening and again after each look; the last answer stays meanwhile. */
const useDetails = (view: ProcessView | null): Fetched | null => {
  const sequence = useShown((shown) => shown.app?.snapshot?.sequence ?? 0);
  const [fetched, setFetched] = useState<Fetched | null>(null);
  const id = view ? keyId(view.key) : null;
  const pid = view?.key.pid;
  const startedAt = view?.key.startedAt;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each look is a reason to ask again
  useEffect(() => {
    if (id === null || pid === undefined || startedAt === undefined) return;
    let wanted = true;
    void ask(window.claudeManager.getDetails({ key: { pid, startedAt } })).then((result) => {
      if (!wanted) return;
      setFetched((before) =>
        result.ok
          ? { id, details: result.value, failure: null }
          : { id, details: before?.id === id ? before.details : null, failure: result.failure },
      );
    });
    return () => {
      wanted = false;
    };
  }, [id, pid, startedAt, sequence]);
  return fetched?.id === id ? fetched : null;
};

const Panel = ({ view, alive }: { readonly view: ProcessView; readonly alive: boolean }) => {
  const say = useWords();
  const language = useLanguage();
  const fetched = useDetails(alive ? view : null);
  const status = shownStatus(view);
  const wholeTree = view.owner === null;
  const refused = view.refusal !== null || !alive;
  const details = fetched?.details ?? null;
  return (
    <aside className="details" aria-label={say('ui.details.label', { name: view.name })}>
      <div className="top">
        <div className="title">
          <Icon name={KIND_ICONS[view.kind]} tone="t2" />
          <h2 data-tip={view.name} data-tip-clip>
            {view.name}
          </h2>
          <button
            type="button"
            className="icon-btn sm"
            aria-label={say('ui.details.close')}
            data-tip={`${say('ui.details.close')}  (Esc)`}
            onClick={closeDetails}
          >
            <Icon name="close" />
          </button>
        </div>
        <div className="sub">
          {alive ? (
            <span className={`tag ${STATUS_ICONS[status]}`}>
              <Icon name={STATUS_ICONS[status]} />
              {say(`status.${status}`)}
            </span>
          ) : (
            <span className="tag">{say('ui.details.gone')}</span>
          )}
          {alive && isPaused(view) && (
            <span className="tag info">
              <Icon name="pause" />
              {say('activity.paused')}
            </span>
          )}
          <span className="clip">
            {[say(`kind.${view.kind}`), userOf(view), formatBytes(figuresOf(view, wholeTree).memoryBytes, language)]
              .filter(Boolean)
              .join(', ')}
          </span>
        </div>
      </div>
      <section className="scroll" tabIndex={0} aria-label={say('ui.details.facts')}>
        {alive && <FindingsSection view={view} />}
        <Why view={view} />
        <EndingSection view={view} details={details} alive={alive} />
        <TrendSection view={view} />
        {details && <Parents details={details} />}
        <Facts view={view} details={details} failure={alive ? (fetched?.failure ?? null) : null} />
        <Command view={view} details={details} />
      </section>
      <div className="acts">
        <button
          type="button"
          className="btn"
          aria-disabled={refused}
          data-tip={view.refusal ? sayFrom(say, 'refusal', view.refusal) : undefined}
          onClick={() => !refused && void askToEnd([view.key], false)}
        >
          <Icon name={view.refusal ? 'lock' : 'end'} size="sm" />
          {say('ui.action.end')}
        </button>
        {!refused && (
          <button type="button" className="btn quiet-danger" onClick={() => void askToEnd([view.key], true)}>
            <Icon name="force" size="sm" />
            {say('ui.action.force')}
          </button>
        )}
        {alive && canElevate(view.refusal) && (
          <button type="button" className="btn" onClick={() => void askFor(toEndElevated([view.key], false))}>
            {say('ui.action.admin')}
          </button>
        )}
        {alive && (
          <button
            type="button"
            id="details-more"
            className="icon-btn push"
            aria-haspopup="menu"
            aria-label={say('ui.action.more', { name: view.name })}
            data-tip={say('ui.action.moreTip')}
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              useView.setState({ menu: { id: keyId(view.key), x: box.right, y: box.top, byKey: event.detail === 0, inDetails: true } });
            }}
          >
            <Icon name="more" />
          </button>
        )}
      </div>
    </aside>
  );
};

/** The panel of one row: first why it is what it is, then what ending it would do, then the facts. */
export const Details = memo(() => {
  const say = useWords();
  const id = useView((view) => view.details);
  const found = useShown((shown) => (id === null ? undefined : shown.app?.snapshot?.processes.find((view) => keyId(view.key) === id)));
  // What ended stays to be read until the panel is closed.
  const last = useRef<ProcessView | null>(null);
  if (found) last.current = found;
  const view = found ?? (last.current && keyId(last.current.key) === id ? last.current : null);
  const name = view?.name;
  useEffect(() => {
    if (id !== null && name !== undefined) announce(say('ui.details.label', { name }));
  }, [id, name, say]);
  return id !== null && view ? <Panel key={id} view={view} alive={found !== undefined} /> : null;
});
