/** Draws ratios as bars round the line at 1. Readable on light and dark ground; nothing but text and shapes. */

export interface Bar {
  readonly name: string;
  readonly ratio: number;
}

const [ROW, LEFT, RIGHT, TOP, WIDTH] = [26, 150, 60, 34, 720];

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .axis { stroke: #656d76; stroke-width: 1 }
  .one { stroke: #656d76; stroke-width: 1.5; stroke-dasharray: 4 3 }
  .ahead { fill: #1a7f5a } .behind { fill: #b35900 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .axis, .one { stroke: #9198a1 }
    .ahead { fill: #4cc38a } .behind { fill: #f0a04b }
  }`;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** An SVG; `title` says what 1 means. */
export function plot(title: string, bars: readonly Bar[]): string {
  const most = Math.max(2, ...bars.map(({ ratio }) => ratio));
  const x = (ratio: number): number => Math.round(LEFT + (ratio / most) * (WIDTH - LEFT - RIGHT));
  const height = TOP + bars.length * ROW + 12;
  const rows = bars.map(({ name, ratio }, row) => {
    const y = TOP + row * ROW;
    return [
      `<text x="${LEFT - 10}" y="${y + 17}" text-anchor="end">${escaped(name)}</text>`,
      `<rect class="${ratio >= 1 ? 'ahead' : 'behind'}" x="${LEFT}" y="${y + 4}" width="${x(ratio) - LEFT}" height="${ROW - 8}" rx="2"/>`,
      `<text x="${x(ratio) + 6}" y="${y + 17}">${ratio.toFixed(2)}</text>`,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
<text x="${LEFT}" y="20">${escaped(title)}</text>
${rows.join('\n')}
<line class="axis" x1="${LEFT}" x2="${LEFT}" y1="${TOP}" y2="${height - 8}"/>
<line class="one" x1="${x(1)}" x2="${x(1)}" y1="${TOP - 6}" y2="${height - 8}"/>
</svg>
`;
}
