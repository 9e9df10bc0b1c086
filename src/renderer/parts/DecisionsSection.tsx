import { memo, useEffect, useMemo, useState } from 'react';
import type { Failure } from '../../shared/api.js';
import { DECISIONS, type Decided, type Decision, REASON_WORDS } from '../../shared/care.js';
import { formatBytes } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import { momentLabel } from '../analytics/axis.js';
import { moment, number, text } from '../analytics/table.js';
import { ask } from '../ask.js';
import { type Say, sayFrom, sayIfKnown, useLanguage, useWords } from '../i18n.js';
import { ChartFrame } from './ChartFrame.js';

const MOST_SHOWN = 8;
const MOST_CHARS = 200;

type Answer = { readonly decided: Decided; readonly failure: null } | { readonly decided: null; readonly failure: Failure };

/** What automatic cleanup decided in the last `days`; null = main has not said yet. Asked anew when `asOf` changes. */
const useDecided = (days: number, asOf: number): Answer | null => {
  const [answer, setAnswer] = useState<Answer | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asOf` says that there may be new ones
  useEffect(() => {
    // An answer that comes after a newer question is let go.
    let late = false;
    void ask(window.claudeManager.readDecisions({ days })).then((read) => {
      if (!late) setAnswer(read.ok ? { decided: read.value, failure: null } : { decided: null, failure: read.failure });
    });
    return () => {
      late = true;
    };
  }, [days, asOf]);
  return answer;
};

const reasonText = ({ reason, values }: Decision): string =>
  reason === null
    ? ''
    : cleanText(
        sayIfKnown(
          REASON_WORDS.map((group) => `${group}.${reason}`),
          values,
        ) ?? reason,
        MOST_CHARS,
      );

const whyText = (say: Say, one: Decision): string =>
  [one.cause === null ? '' : say(`cleanup.cause.${one.cause}`), reasonText(one)].filter((part) => part !== '').join(': ');

/** What automatic cleanup really decided in the days that the settings are tried on: what it ended, reported, asked about or left alone, and why. */
export const DecisionsSection = memo(({ days, moment: asOf }: { readonly days: number; readonly moment: number }) => {
  const say = useWords();
  const language = useLanguage();
  const answer = useDecided(days, asOf);
  const decided = answer?.decided ?? null;
  const count = decided === null ? 0 : DECISIONS.reduce((sum, one) => sum + decided.counts[one], 0);
  const sentence = useMemo(() => {
    if (decided === null || count === 0) return '';
    const counts = DECISIONS.filter((one) => decided.counts[one] > 0).map(
      (one) => `${decided.counts[one]} ${say(`cleanup.decision.${one}`)}`,
    );
    return say('decided.says', { count, counts: counts.join(', ') });
  }, [decided, count, say]);
  const empty =
    answer === null ? say('analytics.rehearsing') : answer.failure !== null ? sayFrom(say, 'error', answer.failure) : say('decided.none');
  const newest = decided?.newest ?? [];
  return (
    <ChartFrame
      name="decisions"
      title={say('analytics.title.decisions')}
      sentence={sentence}
      empty={count > 0 ? null : empty}
      table={() => ({
        words: 7,
        head: ['when', 'decision', 'name', 'user', 'kind', 'cause', 'reason', 'pid', 'memory'].map((head) => say(`decided.head.${head}`)),
        rows: newest.map((one) => [
          moment(momentLabel(one.atMs, language), one.atMs),
          text(say(`cleanup.decision.${one.decision}`)),
          text(cleanText(one.name, MOST_CHARS)),
          text(one.user === null ? '–' : cleanText(one.user, MOST_CHARS)),
          text(one.kind === null ? '–' : say(`kind.${one.kind}`)),
          text(one.cause === null ? '–' : say(`cleanup.cause.${one.cause}`)),
          text(reasonText(one)),
          number(String(one.key.pid), one.key.pid),
          number(formatBytes(one.memoryBytes, language), one.memoryBytes),
        ]),
      })}
    >
      {/* The frame has said it already. */}
      <p className="small" aria-hidden="true">
        {sentence}
      </p>
      <ol className="happened">
        {newest.slice(0, MOST_SHOWN).map((one) => (
          <li key={`${one.key.pid} ${one.key.startedAt} ${one.atMs}`}>
            <span className="t3">{momentLabel(one.atMs, language)}</span>
            <span className="clip" data-tip={whyText(say, one)}>
              {cleanText(one.name, MOST_CHARS)}, {say(`cleanup.decision.${one.decision}`)} <span className="t3">{whyText(say, one)}</span>
            </span>
            <span className="num">{one.memoryBytes === null ? '' : formatBytes(one.memoryBytes, language)}</span>
          </li>
        ))}
      </ol>
      {count > MOST_SHOWN && <p className="small t3">{say('analytics.moreEvents', { count: count - MOST_SHOWN })}</p>}
    </ChartFrame>
  );
});
