/** How far the present run is: bytes, rate, time left. Shown while there is anything to be done. */
import { Progress } from '../../web/ui/index.ts';
import type { QueueSummary } from '../queue/view.ts';
import { backup } from './messages/en.ts';
import { useRate } from './rate.ts';
import { openFiles } from './truth.ts';

export function RunProgress({ summary }: { summary: QueueSummary }) {
  const { tally, inFlight, counts } = summary;
  const bytes = Math.min(tally.bytes, tally.doneBytes + inFlight);
  const rate = useRate(bytes, counts.leased > 0);
  if (openFiles(summary) === 0 || tally.bytes === 0) return null;
  return <Progress label={backup.progress} bytes={bytes} length={tally.bytes} rate={rate} />;
}
