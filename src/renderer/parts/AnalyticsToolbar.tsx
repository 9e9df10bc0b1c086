import { Popover } from '@base-ui/react/popover';
import { useState } from 'react';
import { HISTORY_RANGES } from '../../shared/history.js';
import { cleanText } from '../../shared/redact.js';
import { GROUPS, setRange, useAnalytics } from '../analytics/analytics-view.js';
import { momentLabel } from '../analytics/axis.js';
import { ask } from '../ask.js';
import { useLanguage, useWords } from '../i18n.js';
import { minuteStamp } from '../log-row.js';
import { showDone, showFailure } from '../toasts.js';
import { Icon } from './Icon.js';
import { overlayRoot } from './overlay-root.js';
import { Picker } from './Picker.js';

const DAY_MS = 86_400_000;

/** A span from one moment to another. */
const Span = () => {
  const say = useWords();
  const language = useLanguage();
  const range = useAnalytics((view) => view.range);
  const [from, setFrom] = useState(() => minuteStamp(Date.now() - DAY_MS));
  const [to, setTo] = useState(() => minuteStamp(Date.now()));
  const [open, setOpen] = useState(false);
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const valid = fromMs < toMs;
  const chosen = range.type === 'span' ? `${momentLabel(range.fromMs, language)} – ${momentLabel(range.toMs, language)}` : null;
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        className={chosen === null ? 'chip pick' : 'chip pick set'}
        aria-label={`${say('analytics.span')}: ${chosen ?? say('analytics.spanNone')}`}
      >
        <span className="clip">{chosen ?? say('analytics.span')}</span>
        <Icon name="down" />
      </Popover.Trigger>
      <Popover.Portal container={overlayRoot}>
        <Popover.Positioner className="popup-at" align="start" sideOffset={6} collisionPadding={8}>
          <Popover.Popup className="panel log-time">
            <Popover.Title render={<h2 />}>{say('analytics.span')}</Popover.Title>
            <label className="line">
              <span>{say('analytics.from')}</span>
              <span className="field">
                <input type="datetime-local" value={from} max="9999-12-31T23:59" onChange={(event) => setFrom(event.target.value)} />
              </span>
            </label>
            <label className="line">
              <span>{say('analytics.to')}</span>
              <span className={valid ? 'field' : 'field err'}>
                <input
                  type="datetime-local"
                  value={to}
                  max="9999-12-31T23:59"
                  aria-invalid={!valid}
                  onChange={(event) => setTo(event.target.value)}
                />
              </span>
            </label>
            {!valid && <p className="small c-bad">{say('analytics.spanWrong')}</p>}
            <button
              type="button"
              className="btn sm primary"
              disabled={!valid}
              onClick={() => {
                setRange({ type: 'span', fromMs, toMs });
                setOpen(false);
              }}
            >
              {say('analytics.spanShow')}
            </button>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};

/** Which time, by what, as charts or as tables; since when there is data; everything as CSV. */
export const AnalyticsToolbar = () => {
  const say = useWords();
  const language = useLanguage();
  const range = useAnalytics((view) => view.range);
  const by = useAnalytics((view) => view.by);
  const tables = useAnalytics((view) => view.tables);
  const sinceMs = useAnalytics((view) => view.summary?.sinceMs ?? null);
  const save = async (): Promise<void> => {
    const result = await ask(window.claudeManager.exportHistoryCsv({ range, by }));
    if (!result.ok) showFailure(result.failure);
    else if (result.value.path !== null)
      showDone(say('analytics.exported', { count: result.value.lines, file: cleanText(result.value.path, 300) }));
  };
  return (
    <div className="toolbar" role="toolbar" aria-label={say('analytics.toolbar')}>
      <fieldset className="seg sm" aria-label={say('analytics.range')}>
        {HISTORY_RANGES.map((last) => (
          <button
            key={last}
            type="button"
            aria-pressed={range.type === 'last' && range.last === last}
            aria-label={say(`analytics.last.${last}`)}
            onClick={() => setRange({ type: 'last', last })}
          >
            {say(`analytics.short.${last}`)}
          </button>
        ))}
      </fieldset>
      <Span />
      <span className="sep" />
      <Picker
        name={say('analytics.by')}
        value={by}
        none="user"
        onPick={(value) => {
          const group = GROUPS.find((one) => one === value);
          if (group !== undefined) useAnalytics.setState({ by: group });
        }}
        choices={GROUPS.map((group) => ({ value: group, label: say(`analytics.group.${group}`) }))}
      />
      <span className="grow" />
      <span className="small t3 hide-narrow clip">
        {sinceMs === null ? say('analytics.noneYet') : say('analytics.since', { at: momentLabel(sinceMs, language) })}
      </span>
      <fieldset className="seg sm" aria-label={say('analytics.view')}>
        {[false, true].map((asTables) => (
          <button
            key={String(asTables)}
            type="button"
            aria-pressed={tables === asTables}
            onClick={() => useAnalytics.setState({ tables: asTables })}
          >
            {say(asTables ? 'analytics.tables' : 'analytics.charts')}
          </button>
        ))}
      </fieldset>
      <button type="button" className="btn sm" data-tip={say('analytics.csvAllTip')} onClick={() => void save()}>
        <Icon name="download" size="sm" />
        CSV
      </button>
    </div>
  );
};
