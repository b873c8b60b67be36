// How results are told: a table and the goals on the terminal, a chart and a JSON file under bench/results.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, type as systemName, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { short } from './statistics.ts';

/** One line of a table; a number is shown with three digits. */
export type Row = Readonly<Record<string, string | number>>;

/** A goal of DESIGN section 8. */
export interface Goal {
  readonly goal: string;
  readonly measured: number;
  readonly met: boolean;
}

/** What a question has found out. */
export interface Finding {
  /** Names the files too: `fan-out`. */
  readonly question: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
  /** Which column the chart shows, and of which rows by name. */
  readonly chart?: { readonly label: string; readonly value: string; readonly unit: string };
  readonly notes?: string;
}

export const atMost = (goal: string, measured: number, limit: number): Goal => ({
  goal,
  measured,
  met: measured <= limit,
});
export const atLeast = (goal: string, measured: number, limit: number): Goal => ({
  goal,
  measured,
  met: measured >= limit,
});

export function print({ title, rows, goals, notes }: Finding): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const text = (value: string | number | undefined): string =>
    typeof value === 'number' ? short(value) : (value ?? '');
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => text(row[name]).length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, nth) => (nth === 0 ? cell.padEnd(widths[nth] ?? 0) : cell.padStart(widths[nth] ?? 0))).join('  ');
  console.log(`\n${title}\n`);
  console.log(line(columns));
  for (const row of rows) console.log(line(columns.map((name) => text(row[name]))));
  if (goals.length > 0) console.log('');
  for (const { goal, measured, met } of goals) console.log(`${met ? 'met   ' : 'MISSED'}  ${goal}: ${short(measured)}`);
  if (notes) console.log(`\n${notes}`);
}

const results = new URL('../results/', import.meta.url);

/** Writes `<question>-<date>.json` and, where there is a chart, `.svg`; answers the name without its ending. */
export async function save(finding: Finding, options: Row, startedAt: Date): Promise<string> {
  await mkdir(results, { recursive: true });
  const name = `${finding.question}-${startedAt.toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
  const { question, title, rows, goals, notes } = finding;
  const record = {
    question,
    title,
    date: startedAt.toISOString(),
    options,
    machine: await machine(),
    versions: await versions(),
    rows,
    goals,
    ...(notes && { notes }),
  };
  await writeFile(new URL(`${name}.json`, results), `${JSON.stringify(record, null, 2)}\n`);
  if (finding.chart) await writeFile(new URL(`${name}.svg`, results), drawChart(finding, finding.chart));
  return `bench/results/${name}`;
}

async function machine(): Promise<Row> {
  const all = cpus();
  return {
    processors: all.length,
    model: all[0]?.model ?? '',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    // Of the last 15 minutes: far above the number of processors, something else was running, and ratios are blurred.
    load: Number((loadavg()[2] ?? 0).toFixed(1)),
    system: `${systemName()} ${release().split('-')[0]}`,
  };
}

async function versions(): Promise<Row> {
  const read = async (path: string): Promise<Record<string, Record<string, string>>> =>
    JSON.parse(await readFile(fileURLToPath(new URL(path, import.meta.url)), 'utf8'));
  const [ours, theirs] = [await read('../../package.json'), await read('../package.json')];
  const named = Object.entries(theirs.dependencies ?? {}).map(([name, version]) => [`peers ${name}`, version] as const);
  return {
    node: process.versions.node,
    'belfry graphql': ours.dependencies?.graphql ?? '',
    'belfry graphql-ws': ours.dependencies?.['graphql-ws'] ?? '',
    'belfry ws': ours.dependencies?.ws ?? '',
    ...Object.fromEntries(named),
  };
}

const colours = { belfry: '#2563eb', other: '#9ca3af' };

/** Horizontal bars, one for each row. */
function drawChart({ title, rows }: Finding, { label, value, unit }: NonNullable<Finding['chart']>): string {
  const shown = rows.filter((row) => typeof row[value] === 'number');
  const most = Math.max(...shown.map((row) => Number(row[value])));
  const [left, right, width, step, top] = [230, 90, 760, 26, 54];
  const height = top + step * shown.length + 16;
  const bars = shown.map((row, nth) => {
    const name = String(row[label]);
    const y = top + nth * step;
    const length = (Number(row[value]) / most) * (width - left - right);
    const fill = /belfry/i.test(name) ? colours.belfry : colours.other;
    return [
      `  <text x="${left - 8}" y="${y + 14}" text-anchor="end">${escaped(name)}</text>`,
      `  <rect x="${left}" y="${y}" width="${Math.max(1, length).toFixed(1)}" height="18" fill="${fill}"/>`,
      `  <text x="${(left + length + 6).toFixed(1)}" y="${y + 14}">${short(Number(row[value]))}</text>`,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
  <title>${escaped(title)}</title>
  <rect width="100%" height="100%" fill="#ffffff"/>
  <text x="16" y="22" font-size="15" font-weight="bold">${escaped(title)}</text>
  <text x="16" y="42" fill="#4b5563">${escaped(`${value}${unit ? `, ${unit}` : ''}`)}</text>
${bars.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
