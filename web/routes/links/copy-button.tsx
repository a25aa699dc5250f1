/** Copies on a press, and only then; says whether it worked, beside the button where it did not: a dialog covers the rest. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { copyText } from '../../platform/index.ts';
import { Button, type ButtonProps, text } from '../../ui/index.ts';
import { useDesk } from '../desk.ts';

export interface CopyButtonProps {
  value: string;
  children: ComponentChildren;
  label?: string;
  kind?: NonNullable<ButtonProps['kind']>;
  small?: boolean;
}

export function CopyButton({ value, children, label, kind = 'plain', small = false }: CopyButtonProps) {
  const { say } = useDesk();
  const [copied, setCopied] = useState('');
  const [failed, setFailed] = useState(false);
  const done = copied === value;
  const copy = async (): Promise<void> => {
    const worked = await copyText(value);
    setFailed(!worked);
    if (!worked) return;
    setCopied(value);
    say(text.app.copied);
  };
  return (
    <>
      <Button
        kind={kind}
        small={small}
        icon={done ? 'check' : 'copy'}
        {...(label === undefined ? {} : { label })}
        onClick={() => void copy()}
      >
        {done ? text.app.copied : children}
      </Button>
      {failed && (
        <p class="copy-failed" role="alert">
          {text.app.copyFailed}
        </p>
      )}
    </>
  );
}
