// npm run config: the values in effect, without secrets. Ends with 1 and every problem when they are not valid.
import { ConfigError, environment, loadConfig, redactedConfig } from '../src/platform/config.ts';

try {
  const values = Object.entries(redactedConfig(loadConfig(environment())));
  const width = Math.max(...values.map(([name]) => name.length));
  for (const [name, value] of values) console.log(`${name.padEnd(width)}  ${value || '(not set)'}`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
