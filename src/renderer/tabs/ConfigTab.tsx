import type { ReactNode } from 'react';
import { formatTime } from '../../shared/format.js';
import type { SettingKey } from '../../shared/settings.js';
import { countModified, GROUPS, matches, resetChanges, SECTIONS, type Section } from '../config-groups.js';
import { propose, useConfig } from '../config-view.js';
import { useLanguage, useWords } from '../i18n.js';
import { ConfigProposal } from '../parts/ConfigProposal.js';
import { ConfigFiles, ConfigRules, ConfigWeaker } from '../parts/ConfigSecurity.js';
import { ConfigSetting } from '../parts/ConfigSetting.js';
import { ConfigUsers } from '../parts/ConfigUsers.js';
import { Icon, type IconName } from '../parts/Icon.js';
import { DraftRehearsal } from '../parts/Rehearsal.js';
import { useShown } from '../store.js';

const ICONS: Readonly<Record<Section, IconName>> = { users: 'users', global: 'sliders', security: 'lock' };

const Group = ({ id, keys }: { readonly id: string; readonly keys: readonly SettingKey[] }) => {
  const say = useWords();
  return (
    <section className="group" aria-labelledby={`config-${id}`}>
      <h2 id={`config-${id}`}>{say(`ui.config.group.${id}.name`)}</h2>
      <p>{say(`ui.config.group.${id}.hint`)}</p>
      {keys.map((key) => (
        <ConfigSetting key={key} id={key} />
      ))}
      {id === 'cleanup' && <DraftRehearsal />}
    </section>
  );
};

const groupsOf = (section: Section): ReactNode =>
  GROUPS.filter((group) => group.section === section).map((group) => <Group key={group.id} id={group.id} keys={group.keys} />);

const PAGES: Readonly<Record<Section, () => ReactNode>> = {
  users: () => <ConfigUsers />,
  global: () => groupsOf('global'),
  security: () => (
    <>
      <ConfigWeaker />
      {groupsOf('security')}
      <ConfigRules />
      <ConfigFiles />
    </>
  ),
};

/** Everything that a search finds, from all three pages, under the heads of its groups. */
const Found = ({ query }: { readonly query: string }) => {
  const say = useWords();
  const headOf = (id: string): readonly [string, string] => [say(`ui.config.group.${id}.name`), say(`ui.config.group.${id}.hint`)];
  const groups = GROUPS.flatMap(({ id, keys }) => {
    const [name] = headOf(id);
    const found = keys.filter((key) => matches(query, name, key, say(`ui.config.set.${key}.name`), say(`ui.config.set.${key}.hint`)));
    return found.length > 0 ? [<Group key={id} id={id} keys={found} />] : [];
  });
  const others = [
    matches(query, ...headOf('users'), 'user_limits') ? <ConfigUsers key="users" /> : null,
    matches(query, ...headOf('rules'), 'protect_rules') ? <ConfigRules key="rules" /> : null,
    matches(query, ...headOf('file'), say('ui.config.backups'), say('ui.config.import'), say('ui.config.export')) ? (
      <ConfigFiles key="file" />
    ) : null,
  ].filter((part) => part !== null);
  if (groups.length + others.length > 0)
    return (
      <>
        {groups}
        {others}
      </>
    );
  return (
    <div className="empty">
      <Icon name="filter" size="lg" />
      <h2>{say('ui.config.notFound', { query })}</h2>
      <button type="button" className="btn" onClick={() => useConfig.setState({ query: '' })}>
        {say('ui.search.clear')}
      </button>
    </div>
  );
};

const Foot = ({ section }: { readonly section: Section }) => {
  const say = useWords();
  const language = useLanguage();
  const config = useShown((shown) => shown.app?.config);
  const file = useShown((shown) => shown.app?.configFile);
  if (config === undefined || file === undefined) return <footer className="foot" />;
  const counts = SECTIONS.map((one) => countModified(config, one));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const here = countModified(config, section);
  const reset = (sections: readonly Section[], of: string): void =>
    propose({ source: 'reset', of, changes: resetChanges(config, sections), unknown: 0 });
  const name = file.path.split(/[/\\]/).at(-1) ?? '';
  return (
    <footer className="foot">
      <span className="clip">{say('ui.config.differ', { count: all })}</span>
      {here > 0 && (
        <button type="button" className="btn sm quiet hide-narrow" onClick={() => reset([section], say(`ui.config.section.${section}`))}>
          <Icon name="undo" size="sm" />
          {say('ui.config.resetSection', { name: say(`ui.config.section.${section}`) })}
        </button>
      )}
      {all > 0 && (
        <button type="button" className="btn sm quiet" onClick={() => reset(SECTIONS, say('ui.config.everything'))}>
          <Icon name="undo" size="sm" />
          {say('ui.config.resetAll')}
        </button>
      )}
      <span className="t3 clip push" data-tip={file.path}>
        {file.savedAtMs === null
          ? say('ui.config.noFile', { file: name })
          : say('ui.config.saved', { file: name, time: formatTime(file.savedAtMs, language) })}
      </span>
    </footer>
  );
};

/** The settings: users, everything else, and what protects; or what a search finds of them. */
export const ConfigTab = () => {
  const say = useWords();
  const section = useConfig((view) => view.section);
  const query = useConfig((view) => view.query.trim());
  const config = useShown((shown) => shown.app?.config);
  const asks = useShown((shown) => (shown.app?.configFile.weaker.length ?? 0) > 0);
  return (
    <>
      <div className="cfg">
        <nav aria-label={say('ui.config.sections')}>
          {SECTIONS.map((one) => (
            <button
              key={one}
              type="button"
              aria-current={query === '' && one === section ? 'page' : undefined}
              aria-label={say(`ui.config.section.${one}`)}
              data-tip={say(`ui.config.section.${one}`)}
              data-tip-clip
              onClick={() => useConfig.setState({ section: one, query: '' })}
            >
              <Icon name={ICONS[one]} />
              <span>{say(`ui.config.section.${one}`)}</span>
              {one === 'security' && asks ? (
                <Icon name="warn" size="sm" tone="c-warn" />
              ) : config !== undefined && countModified(config, one) > 0 ? (
                <i className="dot" />
              ) : null}
            </button>
          ))}
        </nav>
        <div className="page scroll">{query === '' ? PAGES[section]() : <Found query={query} />}</div>
      </div>
      <Foot section={section} />
      <ConfigProposal />
    </>
  );
};
