import { Fragment, type ReactNode } from 'react';
import type { Failure, ProcessDetails } from '../../shared/api.js';
import { formatAge, formatBytes, formatDateTime, formatNumber, UNKNOWN } from '../../shared/format.js';
import { keyId } from '../../shared/process-key.js';
import type { Evidence, ProcessView } from '../../shared/types.js';
import { copyText } from '../commands.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { figuresOf } from '../select.js';
import { areaBelow, sparkPath } from '../spark-path.js';
import { useShown } from '../store.js';
import { shortPath } from './cells.js';
import { Icon, type IconName } from './Icon.js';
import { KIND_ICONS } from './kind-icons.js';
import { polylines } from './Sparkline.js';

const MARKS: Readonly<Record<Evidence['weight'], { readonly icon: IconName; readonly tone: string; readonly word: string }>> = {
  for: { icon: 'check', tone: 'c-ok', word: 'ui.details.speaksFor' },
  against: { icon: 'close', tone: 'c-warn', word: 'ui.details.speaksAgainst' },
  info: { icon: 'info', tone: 't3', word: 'ui.details.beside' },
};

const EvidenceList = ({ evidence }: { readonly evidence: readonly Evidence[] }) => {
  const say = useWords();
  return (
    <ul className="ev">
      {evidence.map((each) => {
        const mark = MARKS[each.weight];
        return (
          <li key={`${each.id} ${JSON.stringify(each.values ?? {})}`}>
            <Icon name={mark.icon} tone={mark.tone} />
            <span>
              <span className="said">{say(mark.word)}: </span>
              {sayFrom(say, 'evidence', each)}
            </span>
          </li>
        );
      })}
    </ul>
  );
};

const Section = ({ title, aside, children }: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) => (
  <section>
    <h3>
      {title}
      {aside}
    </h3>
    {children}
  </section>
);

/** Left over or not, and what kind it is, each with its evidence. */
export const Why = ({ view }: { readonly view: ProcessView }) => {
  const say = useWords();
  const leftOver = view.leftOverEvidence.length > 0 && (
    <Section title={say(`ui.details.leftOver.${view.leftOver}`)}>
      <EvidenceList evidence={view.leftOverEvidence} />
    </Section>
  );
  return (
    <>
      {view.leftOver !== 'no' && leftOver}
      {view.kindEvidence.length > 0 && (
        <Section title={say('ui.details.whyKind', { kind: say(`kind.${view.kind}`) })}>
          <EvidenceList evidence={view.kindEvidence} />
        </Section>
      )}
      {view.leftOver === 'no' && leftOver}
    </>
  );
};

/** What "End" would do to it, or why it may not. */
export const EndingSection = ({
  view,
  details,
  alive,
}: {
  readonly view: ProcessView;
  readonly details: ProcessDetails | null;
  readonly alive: boolean;
}) => {
  const say = useWords();
  const language = useLanguage();
  if (!alive) return null;
  if (view.refusal)
    return (
      <Section title={say('ui.details.refused')}>
        <ul className="ev">
          <li>
            <Icon name={view.refusal.reason === 'protected' ? 'protected' : 'lock'} tone="t2" />
            <span>{sayFrom(say, 'refusal', view.refusal)}</span>
          </li>
        </ul>
      </Section>
    );
  const { memoryBytes } = figuresOf(view, view.owner === null);
  const others = view.owner === null ? view.tree.count - 1 : 0;
  return (
    <Section title={say('ui.details.wouldEnd')}>
      <ul className="ev">
        <li>
          <Icon name="end" tone="t2" />
          <span>
            {say('ui.details.ask')} {others > 0 ? say('ui.details.with', { count: others }) : ''}{' '}
            {memoryBytes === null ? '' : say('ui.details.frees', { amount: formatBytes(memoryBytes, language) })}
          </span>
        </li>
        {details?.resume && (
          <li>
            <Icon name="undo" tone="t2" />
            <span>{say('ui.details.canResume')}</span>
          </li>
        )}
      </ul>
    </Section>
  );
};

const BOX = { width: 320, height: 40, pad: 2 } as const;

/** The row's memory over the last minutes, with its highest value. */
export const TrendSection = ({ view }: { readonly view: ProcessView }) => {
  const say = useWords();
  const language = useLanguage();
  const trend = useShown((shown) => shown.app?.trends[keyId(view.key)]);
  if (!trend || trend.length < 2) return null;
  const { lines, limitY, peak } = sparkPath(trend, view.limitBytes, BOX);
  const now = formatBytes(figuresOf(view, view.owner === null).memoryBytes, language);
  const peakText = formatBytes(peak, language);
  return (
    <Section title={say('ui.details.trend')} aside={<span>{say('ui.details.trendNow', { now, peak: peakText })}</span>}>
      <svg
        className="trend"
        viewBox={`0 0 ${BOX.width} ${BOX.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={say('ui.details.trendLabel', { now, peak: peakText })}
      >
        <path className="base" d={`M0 ${BOX.height}H${BOX.width}`} />
        <path className="area" d={areaBelow(lines, BOX.height)} />
        {polylines(lines, 'line')}
        {limitY !== null && <path className="lim" d={`M0 ${limitY}H${BOX.width}`} />}
      </svg>
    </Section>
  );
};

/** From the topmost ancestor down to the process. */
export const Parents = ({ details }: { readonly details: ProcessDetails }) => {
  const say = useWords();
  if (details.parents.length === 0) return null;
  return (
    <Section title={say('ui.details.parents')}>
      <ol className="chain">
        {details.parents.map((parent, depth) => {
          const me = parent.pid === details.key.pid;
          return (
            <li
              key={parent.pid}
              className={`${me ? 'me' : ''} ${parent.gone ? 'gone' : ''}`}
              style={{ paddingLeft: Math.min(depth, 6) * 16 }}
              aria-current={me ? 'true' : undefined}
            >
              <Icon name={parent.kind ? KIND_ICONS[parent.kind] : 'child'} />
              <span className="clip" data-tip={parent.name} data-tip-clip>
                {parent.name} <span className="t3">{parent.pid}</span>
              </span>
              {parent.gone && <span className="said">{say('ui.details.gone')}</span>}
            </li>
          );
        })}
      </ol>
    </Section>
  );
};

/** Plain facts; what could not be read is a dash. */
export const Facts = ({
  view,
  details,
  failure,
}: {
  readonly view: ProcessView;
  readonly details: ProcessDetails | null;
  readonly failure: Failure | null;
}) => {
  const say = useWords();
  const language = useLanguage();
  const taken = useShown((shown) => shown.app?.snapshot?.takenAtMs ?? null);
  const age = taken === null || view.startedAtMs === null ? null : taken - view.startedAtMs;
  const state = details?.state ?? view.state;
  const tty = details?.tty ?? view.tty;
  const rows: readonly (readonly [string, string])[] = [
    ['PID', String(view.key.pid)],
    [say('ui.fact.parent'), view.ppid === null ? UNKNOWN : String(view.ppid)],
    [
      say('ui.fact.started'),
      view.startedAtMs === null ? UNKNOWN : say('ui.fact.ago', { when: formatDateTime(view.startedAtMs, language), age: formatAge(age) }),
    ],
    [say('ui.fact.folder'), details?.cwd ? shortPath(details.cwd) : view.projectDir ? shortPath(view.projectDir) : UNKNOWN],
    [say('ui.fact.terminal'), tty === '?' ? say('ui.fact.noTerminal') : (tty ?? UNKNOWN)],
    [say('ui.fact.state'), state === null ? UNKNOWN : say(`ui.state.${state}`, { defaultValue: state })],
    [say('ui.fact.memory'), formatBytes(view.memoryBytes, language)],
    ['RSS', formatBytes(details?.rssBytes ?? null, language)],
    ['PSS', formatBytes(details?.pssBytes ?? null, language)],
    [say('ui.fact.swap'), formatBytes(details?.swapBytes ?? null, language)],
    [say('ui.fact.threads'), formatNumber(details?.threads ?? null, language)],
    [say('ui.fact.program'), details?.exe ?? UNKNOWN],
    ...(view.session
      ? ([
          [say('ui.fact.session'), view.session.sessionId],
          [say('ui.fact.version'), view.session.version ?? UNKNOWN],
          [say('ui.fact.transcript'), details?.transcriptPath ? shortPath(details.transcriptPath) : UNKNOWN],
        ] as const)
      : []),
  ];
  return (
    <Section title={say('ui.details.process')}>
      {failure && <p className="small c-warn">{sayFrom(say, 'error', failure)}</p>}
      <dl className="kv">
        {rows.map(([term, value]) => (
          <Fragment key={term}>
            <dt>{term}</dt>
            <dd data-tip={value} data-tip-clip>
              {value}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Section>
  );
};

const Copyable = ({ title, text, done }: { readonly title: string; readonly text: string; readonly done: string }) => {
  const say = useWords();
  return (
    <Section
      title={title}
      aside={
        <button
          type="button"
          className="icon-btn sm"
          aria-label={`${say('ui.copy')}: ${title}`}
          data-tip={say('ui.copy')}
          onClick={() => void copyText(text, done)}
        >
          <Icon name="copy" size="sm" />
        </button>
      }
    >
      <div className="cmd">{text}</div>
    </Section>
  );
};

/** The command line as main has redacted it, and the one that resumes the session. */
export const Command = ({ view, details }: { readonly view: ProcessView; readonly details: ProcessDetails | null }) => {
  const say = useWords();
  const command = details?.argv?.join(' ') ?? view.command;
  return (
    <>
      {command ? (
        <Copyable title={say('ui.details.command')} text={command} done={say('ui.copied.command')} />
      ) : (
        <Section title={say('ui.details.command')}>
          <p className="small t3">{say('ui.details.noCommand')}</p>
        </Section>
      )}
      {details?.resume && <Copyable title={say('ui.details.resume')} text={details.resume.command} done={say('ui.copied.resume')} />}
    </>
  );
};
