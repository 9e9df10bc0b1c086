import { memo, useCallback, useMemo, useState } from 'react';
import type { Edit } from '../../shared/config-edit.js';
import { formatBytes, formatDateTime } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import type { Rehearsal, RehearsedEnd } from '../../shared/rehearsal.js';
import { momentLabel, tickLabel } from '../analytics/axis.js';
import { projectName } from '../analytics/names.js';
import { LABEL_EVERY, REHEARSED_SPANS, type RehearsedSpan, rehearsedBars } from '../analytics/rehearsed.js';
import { moment, number, text } from '../analytics/table.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { useRehearsal } from '../rehearsal-view.js';
import { ChartFrame } from './ChartFrame.js';
import { type Counted, CountsChart } from './CountsChart.js';
import { DecisionsSection } from './DecisionsSection.js';
import { Picker } from './Picker.js';

/** The settings in force. */
const AS_THEY_ARE: readonly Edit[] = [];
const CAUSES = ['orphan', 'old', 'limit'] as const;
const FILLS = ['var(--orphan)', 'var(--danger)', 'var(--warning)'];
const MOST_ENDS = 8;
const DAY_MS = 86_400_000;

const useBars = (result: Rehearsal | null, days: RehearsedSpan): readonly Counted[] => {
  const language = useLanguage();
  return useMemo(() => {
    if (result === null) return [];
    return rehearsedBars(result, days).map(({ atMs, counts }, at) => ({
      name: momentLabel(atMs, language),
      tick: at % LABEL_EVERY[days] === 0 ? tickLabel(atMs, days * DAY_MS, language) : '',
      counts,
    }));
  }, [result, days, language]);
};

const Ends = ({ ends }: { readonly ends: readonly RehearsedEnd[] }) => {
  const say = useWords();
  const language = useLanguage();
  return (
    <ol className="happened">
      {ends.map((end) => (
        <li key={`${end.pid}:${end.atMs}`}>
          <span className="t3">{momentLabel(end.atMs, language)}</span>
          <span className="clip">
            {projectName(end.project) ?? say('rehearsal.unknown')}, {say(`kind.${end.kind}`)}{' '}
            <span className="t3">{say(`cleanup.cause.${end.cause}`)}</span>
          </span>
          <span className="num">{formatBytes(end.memoryBytes, language)}</span>
        </li>
      ))}
    </ol>
  );
};

/** What automatic cleanup with the settings in force would have ended in the last days, and what it really decided; `moment` = when to ask anew. */
export const RehearsalSection = memo(({ moment: asOf }: { readonly moment: number }) => {
  const say = useWords();
  const language = useLanguage();
  const [days, setDays] = useState<RehearsedSpan>(7);
  const answered = useRehearsal(AS_THEY_ARE, days, asOf);
  const result = answered?.result ?? null;
  const bars = useBars(result, days);
  const newest = useMemo(() => [...(result?.ends ?? [])].reverse(), [result]);
  const describe = useCallback(
    ({ name, counts }: Counted): string =>
      `${name}: ${CAUSES.map((cause, at) => `${counts[at] ?? 0} ${say(`cleanup.cause.${cause}`)}`).join(', ')}`,
    [say],
  );
  const title = say('analytics.title.rehearsal');
  const sentence =
    result === null
      ? ''
      : `${say('rehearsal.since', { at: formatDateTime(result.fromMs, language) })} ${say(`rehearsal.says.${result.mode}`, {
          count: result.count,
          size: formatBytes(result.freedBytes, language),
        })}`;
  const empty =
    answered === null
      ? say('analytics.rehearsing')
      : answered.failure !== null
        ? sayFrom(say, 'error', answered.failure)
        : result?.sinceMs === null
          ? say('rehearsal.nothing')
          : null;
  const some = (result?.count ?? 0) > 0;
  return (
    <>
      <ChartFrame
        name="rehearsal"
        title={title}
        sentence={sentence}
        empty={empty}
        tools={
          <Picker
            name={say('analytics.rehearsedSpan')}
            value={String(days)}
            none="7"
            onPick={(value) => {
              const next = REHEARSED_SPANS.find((one) => String(one) === value);
              if (next !== undefined) setDays(next);
            }}
            choices={REHEARSED_SPANS.map((one) => ({ value: String(one), label: say('analytics.rehearsedDays', { count: one }) }))}
          />
        }
        legend={
          some
            ? CAUSES.map((cause) => (
                <span className="key" key={cause}>
                  <i className={`end-${cause}`} />
                  {say(`cleanup.cause.${cause}`)}
                </span>
              ))
            : undefined
        }
        table={() => ({
          words: 5,
          head: [
            ...['when', 'project', 'user', 'kind', 'cause'].map((head) => say(`rehearsal.head.${head}`)),
            say('rehearsal.head.memory'),
          ],
          rows: newest.map((end) => [
            moment(momentLabel(end.atMs, language), end.atMs),
            text(end.project === null ? say('rehearsal.unknown') : cleanText(end.project, 300)),
            text(end.user ?? '–'),
            text(say(`kind.${end.kind}`)),
            text(say(`cleanup.cause.${end.cause}`)),
            number(formatBytes(end.memoryBytes, language), end.memoryBytes),
          ]),
        })}
      >
        {/* The frame has said it already. */}
        <p className="small" aria-hidden="true">
          {sentence}
        </p>
        {some && (
          <>
            <CountsChart bars={bars} fills={FILLS} language={language} label={title} describe={describe} />
            <Ends ends={newest.slice(0, MOST_ENDS)} />
            {(result?.count ?? 0) > MOST_ENDS && (
              <p className="small t3">{say('analytics.moreEvents', { count: (result?.count ?? 0) - MOST_ENDS })}</p>
            )}
            {result?.unjudged.map((id) => (
              <p className="small t3" key={id}>
                {say(`rehearsal.unjudged.${id}`)}
              </p>
            ))}
          </>
        )}
      </ChartFrame>
      <DecisionsSection days={days} moment={asOf} />
    </>
  );
});
