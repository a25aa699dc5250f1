/** Fields of forms: a label always, a hint where it helps, an error where something is wrong. */
import { type ComponentChildren, cloneElement, type Ref, type VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { app } from './messages/en.ts';

interface Described {
  label: string;
  hint?: ComponentChildren;
  error?: string | null;
}

function Field({ id, label, hint, error, children }: Described & { id: string; children: VNode }) {
  const hinted = hint !== undefined && hint !== '';
  const wrong = error !== undefined && error !== null && error !== '';
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {cloneElement(children, {
        describedBy: [hinted && `${id}-hint`, wrong && `${id}-error`].filter(Boolean).join(' '),
      })}
      {hinted && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="warning" />
          {error}
        </p>
      )}
    </div>
  );
}

export interface TextFieldProps extends Described {
  value: string;
  onInput: (value: string) => void;
  /** What a password manager and the autofill are told; also the form name. */
  autocomplete: string;
  name: string;
  type?: 'text' | 'password';
  inputMode?: 'url';
  mono?: boolean;
  maxLength?: number;
  required?: boolean;
  readOnly?: boolean;
  inputRef?: Ref<HTMLInputElement>;
}

export function TextField(props: TextFieldProps) {
  const id = useId();
  return (
    <Field id={id} label={props.label} hint={props.hint} error={props.error ?? null}>
      <Input id={id} {...props} />
    </Field>
  );
}

function Input(props: TextFieldProps & { id: string; describedBy?: string }) {
  const [shown, setShown] = useState(false);
  const secret = props.type === 'password';
  return (
    <span class={`field-box${props.mono ? ' field-mono' : ''}`}>
      <input
        ref={props.inputRef ?? null}
        id={props.id}
        name={props.name}
        type={secret && shown ? 'text' : ((props.type ?? 'text') as 'text')}
        inputMode={props.inputMode}
        value={props.value}
        autocomplete={props.autocomplete}
        maxLength={props.maxLength}
        required={props.required ?? false}
        readOnly={props.readOnly ?? false}
        spellcheck={false}
        autocapitalize="none"
        aria-invalid={props.error ? 'true' : undefined}
        aria-describedby={props.describedBy || undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onFocus={(event) => {
          if (props.readOnly) event.currentTarget.select();
        }}
      />
      {secret && (
        <button
          type="button"
          class="field-toggle"
          aria-pressed={shown}
          aria-label={`${shown ? app.hide : app.show}: ${props.label}`}
          onClick={() => setShown(!shown)}
        >
          <Icon name={shown ? 'eye-off' : 'eye'} />
        </button>
      )}
    </span>
  );
}

export interface TextAreaProps extends Described {
  value: string;
  onInput: (value: string) => void;
  name: string;
  rows: number;
  maxLength?: number;
  mono?: boolean;
}

export function TextArea(props: TextAreaProps) {
  const id = useId();
  return (
    <Field id={id} label={props.label} hint={props.hint} error={props.error ?? null}>
      <Area id={id} {...props} />
    </Field>
  );
}

function Area(props: TextAreaProps & { id: string; describedBy?: string }) {
  return (
    <span class={`field-box${props.mono ? ' field-mono' : ''}`}>
      <textarea
        id={props.id}
        name={props.name}
        rows={props.rows}
        maxLength={props.maxLength}
        value={props.value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={props.error ? 'true' : undefined}
        aria-describedby={props.describedBy || undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </span>
  );
}

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export interface SelectProps<Value extends string> extends Described {
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const id = useId();
  return (
    <Field id={id} label={props.label} hint={props.hint} error={props.error ?? null}>
      <Choices
        id={id}
        value={props.value}
        options={props.options}
        onChange={(value) => props.onChange(value as Value)}
      />
    </Field>
  );
}

interface ChoicesProps {
  id: string;
  value: string;
  options: readonly Option<string>[];
  onChange: (value: string) => void;
  describedBy?: string;
}

function Choices({ id, value, options, onChange, describedBy }: ChoicesProps) {
  return (
    <span class="field-box field-select">
      <select
        id={id}
        value={value}
        aria-describedby={describedBy || undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

export function Checkbox(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label class="checkbox">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}

export interface SegmentsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}

/** A few choices side by side, one of them taken: radio buttons in another dress. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  const group = useId();
  return (
    <fieldset class="segments">
      <legend class="unseen">{label}</legend>
      {options.map((option) => (
        <label key={option.value} class="segment">
          <input type="radio" name={group} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
