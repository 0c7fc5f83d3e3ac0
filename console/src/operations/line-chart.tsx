/** Lines over time, with the latest values as text for those who do not see them. */
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../parts/theme.ts';
import { defineText, useText } from '../text/define-text.ts';

const text = defineText({ now: 'now' }, { now: '현재' });

export interface Line {
  readonly label: string;
  /** Name of a colour in base.css. */
  readonly colour: string;
  readonly values: readonly (number | undefined)[];
}

interface LineChartProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const HEIGHT = 180;
const AXIS_WIDTH = 64;

export function LineChart({ title, times, lines, format }: LineChartProps) {
  const { now } = useText(text);
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const theme = useTheme();
  const shape = `${theme} ${lines.map(({ label, colour }) => label + colour).join('|')}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew when its shape changes; values are set below
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const made = new UPlot(optionsOf(element, lines, format), dataOf(times, lines), element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(dataOf(times, lines)), [times, lines]);
  return (
    <figure className="chart card">
      <figcaption>
        <h2>{title}</h2>
        <dl className="legend">
          {lines.map(({ label, colour, values }) => (
            <div key={label} data-colour={colour}>
              <dt>{label}</dt>
              <dd>
                <span className="off-screen">{now} </span>
                {formatLast(values, format)}
              </dd>
            </div>
          ))}
        </dl>
      </figcaption>
      <div ref={frame} className="chart-frame" aria-hidden="true" />
    </figure>
  );
}

function formatLast(values: readonly (number | undefined)[], format: (value: number) => string): string {
  const last = values.at(-1);
  return last === undefined ? '—' : format(last);
}

function dataOf(times: readonly number[], lines: readonly Line[]): UPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => values.map((value) => value ?? null))];
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 'HH:MM:SS'.length);
}

function optionsOf(
  element: HTMLElement,
  lines: readonly Line[],
  format: (value: number) => string,
): UPlot.Options {
  const style = getComputedStyle(element);
  const colourOf = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colourOf('ink-soft'),
    grid: { stroke: colourOf('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      { ...axis, space: AXIS_WIDTH, values: (_chart, seconds) => seconds.map(timeOf) },
      { ...axis, size: AXIS_WIDTH, values: (_chart, values) => values.map((value) => format(value)) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour }) => ({
        label,
        stroke: colourOf(colour),
        width: 2,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  };
}
