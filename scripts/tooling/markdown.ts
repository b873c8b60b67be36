// How the pages of docs/ that are printed from code are put together.

export const notice = '<!-- Printed by `npm run generate`; edit the declarations instead. -->';

export function page(...parts: string[]): string {
  return `${parts.join('\n\n')}\n`;
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

export const code = (text: string | number) => `\`${text}\``;
