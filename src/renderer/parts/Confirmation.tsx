import { type KeyboardEvent, type RefObject, useId } from 'react';
import { canEnd, endTicked, typeConfirmation, useEnding } from '../ending.js';
import { useWords } from '../i18n.js';

/** Asks to type a name before an action that takes many. Enter accepts only what could be accepted by its button too. */
export const Confirmation = ({
  wanted,
  enterAccepts,
  disabled,
  fieldRef,
}: {
  readonly wanted: string;
  readonly enterAccepts: boolean;
  readonly disabled: boolean;
  readonly fieldRef: RefObject<HTMLInputElement | null>;
}) => {
  const say = useWords();
  const typed = useEnding((ending) => ending.typed);
  const id = useId();
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (enterAccepts && canEnd(useEnding.getState())) void endTicked();
  };
  return (
    <div className="confirm">
      <label htmlFor={id}>
        {say('ui.act.confirm')} <b>{wanted}</b>
      </label>
      <span className="field">
        <input
          ref={fieldRef}
          id={id}
          value={typed}
          disabled={disabled}
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => typeConfirmation(event.target.value)}
          onKeyDown={press}
        />
      </span>
    </div>
  );
};
