import { useEffect, useMemo, useRef } from 'react';
import { readAnalytics, useAnalytics } from '../analytics/analytics-view.js';
import { keepCounts, sessionsByUser } from '../analytics/shares.js';
import { sayFrom, useWords } from '../i18n.js';
import { AnalyticsToolbar } from '../parts/AnalyticsToolbar.js';
import { EventSection, HistorySections } from '../parts/HistorySections.js';
import { Icon } from '../parts/Icon.js';
import { MetricStrip } from '../parts/MetricStrip.js';
import { RunTimesSection, ShareSection, StatisticsSection } from '../parts/NowSections.js';
import { RehearsalSection } from '../parts/RehearsalSection.js';
import { CostSection, GrowthSection, UserSection } from '../parts/UseSections.js';
import { useShown } from '../store.js';

/** A rehearsal looks at a whole week: a look more makes no other. */
const REHEARSE_EVERY_MS = 300_000;

/** Why nothing is written down at the moment. */
const NotRecording = () => {
  const say = useWords();
  const recording = useAnalytics((view) => view.answer?.recording ?? null);
  if (recording === null || recording.state === 'on') return null;
  return (
    <div className="banner info" role="status">
      <Icon name={recording.state === 'stopped' ? 'warn' : 'info'} />
      <span className="grow">
        {say(`analytics.recording.${recording.state}`, recording.state === 'stopped' ? { code: recording.code } : {})}
      </span>
    </div>
  );
};

const Failed = () => {
  const say = useWords();
  const failure = useAnalytics((view) => view.failure);
  if (failure === null) return null;
  return (
    <div className="banner stale" role="status">
      <Icon name="error" />
      <span className="grow">{sayFrom(say, 'error', failure)}</span>
      <button type="button" className="btn sm" onClick={() => void readAnalytics(useAnalytics.getState(), null)}>
        {say('ui.stale.now')}
      </button>
    </div>
  );
};

/** The past and the present in pictures, each with a table behind it. */
export const AnalyticsTab = () => {
  const say = useWords();
  const version = useShown((shown) => shown.app?.historyVersion);
  const snapshot = useShown((shown) => shown.app?.snapshot ?? null);
  const range = useAnalytics((view) => view.range);
  const by = useAnalytics((view) => view.by);
  const answer = useAnalytics((view) => view.answer);
  const summary = useAnalytics((view) => view.summary);
  useEffect(() => void readAnalytics({ range, by }, version ?? null), [version, range, by]);
  const before = useRef<ReadonlyMap<string | null, number>>(new Map());
  const sessions = useMemo(() => {
    before.current = keepCounts(before.current, sessionsByUser(snapshot?.processes ?? []));
    return before.current;
  }, [snapshot]);
  const ready = answer !== null && summary !== null && snapshot !== null;
  return (
    <>
      <AnalyticsToolbar />
      <NotRecording />
      <Failed />
      {ready ? (
        <>
          <MetricStrip summary={summary} />
          {/* It scrolls: without a tab stop of its own the keyboard could not move it past its last button. */}
          <section className="charts" tabIndex={0} aria-label={say('ui.tab.analytics')}>
            <div className="col">
              <HistorySections answer={answer} />
              <div className="pair">
                <ShareSection snapshot={snapshot} />
                <RunTimesSection snapshot={snapshot} summary={summary} />
              </div>
              <GrowthSection growth={summary.growth} />
              <EventSection events={answer.events} sinceMs={answer.sinceMs} />
              <RehearsalSection moment={Math.floor(snapshot.takenAtMs / REHEARSE_EVERY_MS)} />
            </div>
            <div className="col">
              <UserSection users={summary.users} sessions={sessions} />
              <CostSection name="projects" uses={summary.projects} />
              <CostSection name="servers" uses={summary.servers} />
              <StatisticsSection snapshot={snapshot} />
            </div>
          </section>
        </>
      ) : (
        <div className="pane">
          <div className="empty">
            <Icon name="clock" size="lg" />
            <h2>{say('analytics.collecting')}</h2>
            <p>{say('analytics.collectingText')}</p>
          </div>
        </div>
      )}
    </>
  );
};
