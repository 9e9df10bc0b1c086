import { memo, useMemo } from 'react';
import { formatAge, formatBytes, formatNumber } from '../../shared/format.js';
import type { Growth, Use, UserUse } from '../../shared/history.js';
import { groupId } from '../../shared/statistics.js';
import { RANKS, type Rank, useAnalytics } from '../analytics/analytics-view.js';
import { slotClass } from '../analytics/colours.js';
import { projectName } from '../analytics/names.js';
import { number, type Table, text } from '../analytics/table.js';
import { useLanguage, useWords } from '../i18n.js';
import { ChartFrame } from './ChartFrame.js';
import { Picker } from './Picker.js';
import { RankList } from './RankList.js';

const GB = 1024 ** 3;
const MOST_LINES = 8;
const HOUR_MS = 3_600_000;

const VALUES: Readonly<Record<Rank, (use: UserUse) => number>> = {
  memory: ({ memoryBytes }) => memoryBytes ?? 0,
  memoryHours: ({ memoryByteHours }) => memoryByteHours,
  cpuHours: ({ cpuHours }) => cpuHours,
  processes: ({ processes }) => processes ?? 0,
  ended: ({ sessionsEnded }) => sessionsEnded,
};

/** Users by what they use, each with the limit that holds for him. */
export const UserSection = memo(
  ({ users, sessions }: { readonly users: readonly UserUse[]; readonly sessions: ReadonlyMap<string | null, number> }) => {
    const say = useWords();
    const language = useLanguage();
    const rank = useAnalytics((view) => view.rank);
    const slots = useAnalytics((view) => view.slots);
    const ranked = useMemo(() => [...users].sort((a, b) => VALUES[rank](b) - VALUES[rank](a)), [users, rank]);
    const title = say('analytics.title.users');
    const nameOf = ({ user }: UserUse): string => user ?? say('analytics.unknown');
    const gbHours = (use: UserUse): string => formatNumber(use.memoryByteHours / GB, language, 1);
    const figure: Readonly<Record<Rank, (use: UserUse) => string>> = {
      memory: (use) => formatBytes(use.memoryBytes, language),
      memoryHours: (use) => `${gbHours(use)} GB h`,
      cpuHours: (use) => `${formatNumber(use.cpuHours, language, 1)} h`,
      processes: (use) => formatNumber(use.processes, language),
      ended: (use) => formatNumber(use.sessionsEnded, language),
    };
    const top = Math.max(1e-9, ...ranked.map(VALUES[rank]));
    const table = (): Table => ({
      words: 1,
      head: ['user', 'memory', 'memoryHours', 'cpuHours', 'processes', 'sessionsEnded', 'peak', 'limit'].map((head) =>
        say(`analytics.head.${head}`),
      ),
      rows: ranked.map((use) => [
        text(nameOf(use)),
        number(formatBytes(use.memoryBytes, language), use.memoryBytes),
        number(gbHours(use), use.memoryByteHours / GB),
        number(formatNumber(use.cpuHours, language, 1), use.cpuHours),
        number(formatNumber(use.processes, language), use.processes),
        number(formatNumber(use.sessionsEnded, language), use.sessionsEnded),
        number(formatBytes(use.peakBytes, language), use.peakBytes),
        number(formatBytes(use.limitBytes, language), use.limitBytes),
      ]),
    });
    return (
      <ChartFrame
        name="users"
        title={title}
        sentence={say('analytics.ranking', {
          by: say(`analytics.rank.${rank}`),
          list: ranked
            .slice(0, 5)
            .map((use) => `${nameOf(use)} ${figure[rank](use)}`)
            .join(', '),
        })}
        empty={ranked.length > 0 ? null : say('analytics.emptyYet')}
        table={table}
        tools={
          <Picker
            name={say('analytics.rankBy')}
            value={rank}
            none="memory"
            onPick={(value) => {
              const next = RANKS.find((one) => one === value);
              if (next !== undefined) useAnalytics.setState({ rank: next });
            }}
            choices={RANKS.map((one) => ({ value: one, label: say(`analytics.rank.${one}`) }))}
          />
        }
      >
        <RankList
          lines={ranked.slice(0, MOST_LINES).map((use) => ({
            id: groupId('user', use.user),
            name: nameOf(use),
            figure: figure[rank](use),
            part: VALUES[rank](use) / top,
            colour: slotClass(slots, groupId('user', use.user)),
            note:
              use.maxProcesses === null
                ? say('analytics.limit', { limit: formatBytes(use.limitBytes, language) })
                : say('analytics.limits', {
                    limit: formatBytes(use.limitBytes, language),
                    sessions: formatNumber(sessions.get(use.user) ?? 0, language),
                    most: formatNumber(use.maxProcesses, language),
                  }),
            over: use.maxProcesses !== null && (sessions.get(use.user) ?? 0) > use.maxProcesses,
          }))}
        />
      </ChartFrame>
    );
  },
);

interface CostProps {
  readonly name: 'projects' | 'servers';
  readonly uses: readonly Use[];
}

/** Projects by what their sessions cost, or MCP servers by what all their copies cost together. */
export const CostSection = memo(({ name, uses }: CostProps) => {
  const say = useWords();
  const language = useLanguage();
  const nameOf = (use: Use): string => (name === 'projects' ? projectName(use.name) : use.name) ?? say('analytics.unknown');
  const title = say(`analytics.title.${name}`);
  const top = Math.max(1e-9, ...uses.map(({ memoryByteHours }) => memoryByteHours));
  const hours = (use: Use): string => `${formatNumber(use.memoryByteHours / GB, language, 1)} GB h`;
  return (
    <ChartFrame
      name={name}
      title={title}
      sentence={say('analytics.ranking', {
        by: say('analytics.rank.memoryHours'),
        list: uses
          .slice(0, 5)
          .map((use) => `${nameOf(use)} ${hours(use)}`)
          .join(', '),
      })}
      empty={uses.length > 0 ? null : say('analytics.emptyYet')}
      table={() => ({
        words: 2,
        head: [name === 'projects' ? 'project' : 'server', 'users', 'copies', 'memory', 'mean', 'peak', 'memoryHours', 'cpuHours'].map(
          (head) => say(`analytics.head.${head}`),
        ),
        rows: uses.map((use) => [
          text(nameOf(use)),
          text(use.users.map((user) => user ?? say('analytics.unknown')).join(', ')),
          number(formatNumber(use.copies, language), use.copies),
          number(formatBytes(use.memoryBytes, language), use.memoryBytes),
          number(formatBytes(use.meanBytes, language), use.meanBytes),
          number(formatBytes(use.peakBytes, language), use.peakBytes),
          number(formatNumber(use.memoryByteHours / GB, language, 1), use.memoryByteHours / GB),
          number(formatNumber(use.cpuHours, language, 1), use.cpuHours),
        ]),
      })}
    >
      <RankList
        lines={uses.slice(0, MOST_LINES).map((use, at) => ({
          id: `${use.name ?? ''} ${at}`,
          name: nameOf(use),
          aside: name === 'servers' ? say('analytics.copies', { count: use.copies }) : use.users.slice(0, 2).join(', '),
          figure: hours(use),
          part: use.memoryByteHours / top,
        }))}
      />
    </ChartFrame>
  );
});

/** Sessions whose memory grows, and when each would reach its limit at this rate. */
export const GrowthSection = memo(({ growth }: { readonly growth: readonly Growth[] }) => {
  const say = useWords();
  const language = useLanguage();
  const title = say('analytics.title.growth');
  const nameOf = ({ session }: Growth): string => projectName(session.project) ?? session.user ?? say('analytics.unknown');
  const slope = (one: Growth): string => `${one.bytesPerHour < 0 ? '−' : '+'}${formatBytes(Math.abs(one.bytesPerHour), language)}/h`;
  const when = ({ limitInMs, limitBytes }: Growth): string => {
    const limit = formatBytes(limitBytes, language);
    if (limitInMs === null) return say('analytics.limitNever', { limit });
    return limitInMs === 0 ? say('analytics.limitOver', { limit }) : say('analytics.limitIn', { limit, in: formatAge(limitInMs) });
  };
  const growing = growth.filter(({ bytesPerHour }) => bytesPerHour > 0);
  const top = Math.max(1, ...growing.map(({ bytesPerHour }) => bytesPerHour));
  return (
    <ChartFrame
      name="growth"
      title={title}
      sentence={growing
        .slice(0, 5)
        .map((one) => `${nameOf(one)} ${slope(one)}, ${when(one)}`)
        .join('; ')}
      empty={growth.length > 0 ? null : say('analytics.noGrowth')}
      table={() => ({
        words: 3,
        head: ['project', 'user', 'kind', 'memory', 'slope', 'limit', 'limitIn', 'over'].map((head) => say(`analytics.head.${head}`)),
        rows: growth.map((one) => [
          text(nameOf(one)),
          text(one.session.user ?? '–'),
          text(say(`kind.${one.session.kind}`)),
          number(formatBytes(one.memoryBytes, language), one.memoryBytes),
          number(slope(one), one.bytesPerHour),
          number(formatBytes(one.limitBytes, language), one.limitBytes),
          number(one.limitInMs === null ? '–' : formatAge(one.limitInMs), one.limitInMs === null ? null : one.limitInMs / HOUR_MS),
          number(formatAge(one.overMs), one.overMs / HOUR_MS),
        ]),
      })}
    >
      {growing.length === 0 ? (
        <p className="small t3">{say('analytics.nothingGrows')}</p>
      ) : (
        <RankList
          lines={growing.slice(0, MOST_LINES).map((one) => ({
            id: `${one.session.key.pid}:${one.session.key.startedAt}`,
            name: nameOf(one),
            aside: one.session.user ?? '',
            figure: slope(one),
            part: one.bytesPerHour / top,
            note: when(one),
            over: one.limitInMs !== null && one.limitInMs < 24 * HOUR_MS,
          }))}
        />
      )}
    </ChartFrame>
  );
});
