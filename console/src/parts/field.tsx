import { type ComponentProps, type ReactNode, useId } from 'react';

export interface FieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
}

/** A labelled input; its hint and its problem are read with it. */
export function Field({ label, hint, problem, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-describedby={`${id}-hint`}
        aria-invalid={problem === undefined ? undefined : true}
      />
      <div id={`${id}-hint`} className="field-hint" aria-live="polite">
        {problem === undefined ? hint : <span className="field-problem">{problem}</span>}
      </div>
    </div>
  );
}

export interface ChoiceProps extends Omit<ComponentProps<'select'>, 'id' | 'onChange'> {
  readonly label: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onPick: (value: string) => void;
  readonly isLabelHidden?: boolean;
}

export function Choice({ label, options, onPick, isLabelHidden = false, ...select }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? 'off-screen' : undefined}>
        {label}
      </label>
      <select {...select} id={id} onChange={(event) => onPick(event.target.value)}>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}
