/** The gauges of a Belfry by name and labels as `/metrics` shows them, without those of the process. */
export async function gaugesOf(port: number): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`/metrics: ${answer.status} ${text}`);
  const names = new Set(Array.from(text.matchAll(/^# TYPE (\w+) gauge$/gm), ([, name]) => name));
  const gauges = new Map<string, number>();
  for (const [, line = '', name = '', value] of text.matchAll(/^((\w+)(?:\{[^}]*\})?) (\S+)$/gm)) {
    if (names.has(name) && !/^(process|nodejs)_/.test(name)) gauges.set(line, Number(value));
  }
  return gauges;
}
