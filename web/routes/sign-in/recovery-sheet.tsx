/** The recovery sheet: twelve numbered words, whose they are, where they work. On paper it is the whole page. */
import { formatDay, text, Wordmark } from '../../ui/index.ts';

export interface RecoverySheetProps {
  words: readonly string[];
  name: string;
  server: string;
  madeAt: number;
}

export function RecoverySheet({ words, name, server, madeAt }: RecoverySheetProps) {
  return (
    <section class="sheet" aria-label={text.sheet.title}>
      <div class="sheet-paper">
        <Wordmark />
        <h1>{text.sheet.title}</h1>
        <p>{text.sheet.purpose}</p>
        <dl class="sheet-facts">
          <div>
            <dt>{text.sheet.account}</dt>
            <dd>
              <bdi>{name}</bdi>
            </dd>
          </div>
          <div>
            <dt>{text.sheet.server}</dt>
            <dd>{server}</dd>
          </div>
          <div>
            <dt>{text.sheet.date}</dt>
            <dd>{formatDay(madeAt)}</dd>
          </div>
        </dl>
      </div>
      <ol class="sheet-words" aria-label={text.sheet.list}>
        {words.map((word, at) => (
          <li key={`${at}-${word}`}>{word}</li>
        ))}
      </ol>
      <p class="sheet-paper sheet-how">{text.sheet.how}</p>
    </section>
  );
}
