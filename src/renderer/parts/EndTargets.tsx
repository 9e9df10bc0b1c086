import { Checkbox } from '@base-ui/react/checkbox';
import { useId, useMemo } from 'react';
import type { Preview, PreviewTarget } from '../../shared/api.js';
import { formatAge, splitBytes } from '../../shared/format.js';
import { keyId } from '../../shared/process-key.js';
import { askFor, tick, useEnding } from '../ending.js';
import { sayFrom, useLanguage, useWords } from '../i18n.js';
import { canElevate, toEndElevated } from '../requests.js';
import { inTree } from '../ticks.js';
import { Icon } from './Icon.js';
import { KIND_ICONS } from './kind-icons.js';

/** The one reason that a line has room for: what speaks for the verdict, else the first there is. */
const reasonOf = (target: PreviewTarget) => target.evidence.find((each) => each.weight === 'for') ?? target.evidence[0];

/** What keeps a possible orphan from being one; it is what the reader has to judge. */
const doubtOf = (target: PreviewTarget) =>
  target.leftOver === 'unknown' ? target.evidence.find((each) => each.weight === 'against') : undefined;

interface TargetProps {
  readonly preview: Preview;
  readonly target: PreviewTarget;
  readonly above: PreviewTarget | undefined;
  readonly ticked: boolean;
  readonly disabled: boolean;
}

const Target = ({ preview, target, above, ticked, disabled }: TargetProps) => {
  const say = useWords();
  const language = useLanguage();
  const label = useId();
  const why = useId();
  const memory = splitBytes(target.memoryBytes, language);
  const reason = reasonOf(target);
  const doubt = doubtOf(target);
  const possible = target.leftOver === 'unknown' && preview.request.scope.type === 'orphans';
  const age = target.startedAtMs === null ? null : formatAge(preview.takenAtMs - target.startedAtMs);
  const resume = preview.request.verb === 'end' && target.resume !== null;
  const id = keyId(target.key);
  return (
    <li className={`${above ? 'below' : ''} ${ticked ? '' : 'off'}`}>
      <Checkbox.Root
        className="check"
        checked={ticked}
        disabled={disabled}
        aria-labelledby={label}
        aria-describedby={why}
        onCheckedChange={() => tick(id)}
      >
        <Checkbox.Indicator>
          <Icon name="check" />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <Icon name={KIND_ICONS[target.kind]} tone="t2" />
      <div className="clip-box">
        <p id={label} className="clip" data-tip={target.name} data-tip-clip>
          <span className="name">{target.name}</span>{' '}
          <span className="t3 small">
            {[say(`kind.${target.kind}`), target.user, target.key.pid, age].filter((part) => part !== null).join(', ')}
          </span>
        </p>
        <div id={why}>
          {/* The indent says it to the eye. */}
          {target.role === 'owned' && above && <p className="said">{say('ui.end.owned', { name: above.name })}</p>}
          {target.role === 'separate' && above && <p className="why">{say('ui.end.separate', { name: above.name })}</p>}
          {target.role !== 'owned' && reason && <p className="why">{sayFrom(say, 'evidence', reason)}</p>}
          {(target.warnings.length > 0 || resume || possible) && (
            <div className="notes">
              {possible && (
                <p className="note possible">
                  <Icon name="possible" />
                  <span>
                    {say('status.possible-orphan')}
                    {doubt && `: ${sayFrom(say, 'evidence', doubt)}`}
                  </span>
                </p>
              )}
              {target.warnings.map((warning) => (
                <p className="note warn" key={warning.id}>
                  <Icon name="warn" />
                  <span>{sayFrom(say, 'warning', warning)}</span>
                </p>
              ))}
              {resume && (
                <p className="note">
                  <Icon name="undo" />
                  <span>{say('ui.end.resume')}</span>
                </p>
              )}
            </div>
          )}
        </div>
      </div>
      <span className="mem">
        {memory.figure} <span className="u">{memory.unit}</span>
      </span>
    </li>
  );
};

/** The lines of a preview that can be ended, each with its tick. */
export const Targets = ({ preview, disabled }: { readonly preview: Preview; readonly disabled: boolean }) => {
  const ticks = useEnding((ending) => ending.ticks);
  const lines = useMemo(() => inTree(preview.targets), [preview]);
  const byId = useMemo(() => new Map(lines.map((target) => [keyId(target.key), target])), [lines]);
  return (
    <ul className="targets">
      {lines.map((target) => (
        <Target
          key={keyId(target.key)}
          preview={preview}
          target={target}
          above={target.below ? byId.get(keyId(target.below)) : undefined}
          ticked={ticks.has(keyId(target.key))}
          disabled={disabled}
        />
      ))}
    </ul>
  );
};

/** What is left alone, each with its reason; what is only somebody else's can be ended as administrator. */
export const Excluded = ({
  preview,
  alone,
  disabled,
}: {
  readonly preview: Preview;
  readonly alone: boolean;
  readonly disabled: boolean;
}) => {
  const say = useWords();
  const { excluded, request } = preview;
  const asAdmin = request.verb === 'end' && !request.elevated && !disabled;
  const foreign = asAdmin ? excluded.filter(({ refusal }) => canElevate(refusal)).map(({ key }) => key) : [];
  const elevate = (keys: typeof foreign): void => void askFor(toEndElevated(keys, request.force));
  return (
    <>
      {(!alone || foreign.length > 1) && (
        <h3 className="subhead">
          {say('ui.end.leftAlone')} <span className="t3">{excluded.length}</span>
          {foreign.length > 1 && (
            <button type="button" className="link push" onClick={() => elevate(foreign)}>
              {say('ui.action.adminCount', { count: foreign.length })}
            </button>
          )}
        </h3>
      )}
      <ul className="excluded">
        {excluded.map(({ key, name, refusal }) => (
          <li key={keyId(key)}>
            <Icon name={refusal.reason === 'protected' ? 'protected' : refusal.reason === 'denied' ? 'lock' : 'info'} />
            <span className="who clip" data-tip={name} data-tip-clip>
              <b>{name}</b> {key.pid}
            </span>
            <span className="reason">{sayFrom(say, 'refusal', refusal)}</span>
            {asAdmin && canElevate(refusal) ? (
              <button type="button" className="link" aria-label={`${say('ui.action.admin')} ${name}`} onClick={() => elevate([key])}>
                {say('ui.action.adminShort')}
              </button>
            ) : (
              <span />
            )}
          </li>
        ))}
      </ul>
    </>
  );
};
