/** What owns the engine's worker; each browser has its own way, see chrome/ and firefox/. */
import type { EngineReport, Send } from '../messaging/index.ts';

export interface EngineHost {
  /** Starts the engine, or has it look again. */
  wake(): Promise<void>;
  /** False when it was never started, or died with what owned it. */
  isRunning(): Promise<boolean>;
  /** Ends it; whatever it held is leased and comes back by itself. */
  close(): Promise<void>;
}

export type EngineHostFactory = (ports: {
  send: Send;
  /** For a host that hears the worker itself; otherwise its reports come as messages. */
  onReport: (report: EngineReport) => void;
}) => EngineHost;
