/** The background script: service worker in Chromium, event page in Firefox. Wiring only. */
import { compose, listen } from '../background/index.ts';

listen(compose());
