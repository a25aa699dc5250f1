/**
 * Door of the design system: what the screens are made of. Props in, events out: nothing here fetches, stores, routes or
 * knows of a session. Nouns: Button, field, Dialog, Menu, Grid, Name, note, Progress, Pane. The look is in `styles/`,
 * every sentence in `messages/`. The extension borrows this folder.
 */
export { Badge, type Tone } from './badge.tsx';
export { Mark, Wordmark } from './brand.tsx';
export { Button, type ButtonProps, IconButton } from './button.tsx';
export { Confirm, Dialog } from './dialog.tsx';
export { Checkbox, type Option, Segments, Select, TextArea, TextField } from './fields.tsx';
export { FileIcon } from './file-icon.tsx';
export { isProgram } from './file-kind.ts';
export { formatAge, formatBytes, formatCount, formatDay, formatDuration, formatMoment, formatRate } from './format.ts';
export { type Column, Grid } from './grid.tsx';
export { Icon, type IconName } from './icons.tsx';
export { Menu } from './menu.tsx';
export { text } from './messages/index.ts';
export { Name } from './name.tsx';
export { Anchor, Breadcrumbs, SearchField } from './navigation.tsx';
export { Banner, EmptyState, ErrorNote } from './notes.tsx';
export { FactList, PANE_IS_SHEET, Pane } from './pane.tsx';
export { Meter, Progress, Strength } from './progress.tsx';
export { type Toast, Toasts } from './toasts.tsx';
export { useMedia } from './use-media.ts';
export { plainName } from './visible-name.ts';
