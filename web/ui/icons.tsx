/** The icons: one stroke weight on a 20-unit grid, drawn for Holdfast. Always decoration: the control beside one names it. */

const PATHS = {
  search: 'M9 3.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M13 13l4 4',
  backup: 'M10 12.5V3M6 6.7l4-4l4 4M3.5 16.5h13',
  restore: 'M10 3v9.5M6 8.8l4 4l4-4M3.5 16.5h13',
  link: 'M8.2 11.8a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.8 8.2a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1',
  close: 'M5 5l10 10M15 5L5 15',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  copy: 'M7.5 7.5h9v9h-9zM12.5 4.5v-1h-9v9h1',
  print: 'M6 7V3h8v4M6 14H3.5V7h13v7H14M6 11.5h8V17H6z',
  refresh: 'M16.5 8A7 7 0 0 0 4 6.5M4 3v3.5h3.5M3.5 12A7 7 0 0 0 16 13.5M16 17v-3.5h-3.5',
  eye: 'M2.5 10S5.2 5 10 5s7.5 5 7.5 5s-2.7 5-7.5 5S2.5 10 2.5 10M10 7.8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 0 1 0-4.4',
  'eye-off':
    'M4.5 6.8C3.2 8.2 2.5 10 2.5 10S5.2 15 10 15c1.2 0 2.3-.3 3.2-.8M8 5.3A7 7 0 0 1 10 5c4.8 0 7.5 5 7.5 5s-.5 1.2-1.7 2.5M3.5 3.5l13 13',
  person: 'M10 3.5a3.2 3.2 0 1 1 0 6.4a3.2 3.2 0 0 1 0-6.4M3.8 17c.5-3.2 3-5 6.2-5s5.7 1.8 6.2 5',
  files: 'M2.5 15.5v-11h5l2 2.5h8v8.5z',
  file: 'M4.5 2.5h7l4 4v11h-11zM11.5 2.5v4h4',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  check: 'M4 10.5l4 4l8-9',
  warning: 'M10 3L18 17H2zM10 8.5v3.5M10 14.5h.01',
  right: 'M8 5l5 5l-5 5',
  left: 'M12 5l-5 5l5 5',
  up: 'M5 12l5-5l5 5',
  down: 'M5 8l5 5l5-5',
  clock: 'M10 3a7 7 0 1 1 0 14a7 7 0 0 1 0-14M10 6.5V10l2.5 2',
  device: 'M3 4h14v9H3zM7.5 16.5h5M10 13v3.5',
  leave: 'M8 3.5H4v13h4M12.5 6.5L16 10l-3.5 3.5M16 10H8',
  edit: 'M4 16l.8-3.5L13.5 3.8l2.7 2.7L7.5 15.2z',
  bin: 'M3.5 5.5h13M8 5V3h4v2M5 5.5l.8 11.5h8.4L15 5.5M8.3 8.5v5.5M11.7 8.5v5.5',
  info: 'M10 3a7 7 0 1 1 0 14a7 7 0 0 1 0-14M10 9.5v4M10 6.5h.01',
  shield: 'M10 2.8l6 2.2v4.5c0 3.6-2.4 6.3-6 7.7c-3.6-1.4-6-4.1-6-7.7V5z',
  sort: 'M6 4v12M3 13l3 3l3-3M14 16V4M11 7l3-3l3 3',
  plug: 'M7.5 3v4M12.5 3v4M5 7h10v2.5a5 5 0 0 1-10 0zM10 14.5V17',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
