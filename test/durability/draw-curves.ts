/** A small line chart as SVG, readable in light and dark. */

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 720;
const HEIGHT = 360;
const MARGIN = { left: 56, right: 16, top: 16, bottom: 120 };
const COLOURS = ['#1f77b4', '#8cbfe0', '#d62728', '#f2a3a4', '#2ca02c', '#a3d9a3'];
const TICKS = 5;

export function drawCurves(
  curves: readonly Curve[],
  units: { readonly x: string; readonly y: string },
): string {
  const all = curves.flatMap(({ points }) => points);
  const xMax = Math.max(...all.map(({ x }) => x), Number.MIN_VALUE);
  const yMax = Math.max(...all.map(({ y }) => y), Number.MIN_VALUE) * 1.05;
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const toX = (x: number): number => MARGIN.left + (x / xMax) * (right - MARGIN.left);
  const toY = (y: number): number => bottom - (y / yMax) * (bottom - MARGIN.top);
  const text = (x: number, y: number, anchor: string, words: string): string =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS).flatMap((share) => {
    const [x, y] = [share * xMax, share * yMax];
    return [
      text(toX(x), bottom + 16, 'middle', x.toFixed(1)),
      text(MARGIN.left - 6, toY(y) + 4, 'end', y.toFixed(2)),
      `<path d="M${MARGIN.left} ${toY(y).toFixed(1)}H${right}" stroke="#8884" fill="none"/>`,
    ];
  });
  const drawn = curves.map(({ points }, index) => {
    const path = points.map(({ x, y }) => `${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`).join('L');
    return `<path d="M${path}" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="2" fill="none"/>`;
  });
  const legend = curves.map(({ name }, index) => {
    const x = MARGIN.left + (index % 2) * 300;
    const y = bottom + 56 + Math.floor(index / 2) * 18;
    const colour = COLOURS[index % COLOURS.length];
    return `<path d="M${x} ${y - 4}h20" stroke="${colour}" stroke-width="3"/>${text(x + 26, y, 'start', name)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" fill="#777">`,
    '<title>Size of the metadata file and of what lives in it, over time</title>',
    ...ticks,
    ...drawn,
    text((MARGIN.left + right) / 2, bottom + 34, 'middle', units.x),
    text(MARGIN.left - 6, MARGIN.top - 4, 'end', units.y),
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}
