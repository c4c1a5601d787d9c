import type { Command } from 'commander'
import { address, count, durationOption } from '../arguments.js'
import { addRequestOptions } from '../request-options.js'
import { addSubcommand } from '../subcommand.js'
import type { LoadValues } from './load.js'

const HELP = `
Examples:
  eventwire load http://localhost:3000/events
  eventwire load http://localhost:3000/events -c 5000 --ramp 20s --for 60s
  eventwire load http://localhost:3000/events --sent-at at --json

Connections are opened evenly over the ramp and held until the end. Each takes a file descriptor: see ulimit -n.
Exit code: 0 where every connection was opened and stayed, 1 else. Ctrl-C ends early, with the numbers so far.`

export function addLoad(program: Command): Command {
  const command = addSubcommand(program, {
    name: 'load',
    summary: 'open many connections, and measure',
    description: 'Opens many connections to an event stream and tells rates, errors and latency percentiles.',
    help: HELP,
  }).argument('<url>', 'where the stream is', address)
  return addRequestOptions(command)
    .option('-c, --connections <n>', 'connections', count(1, 60_000), 100)
    .addOption(durationOption('--ramp <duration>', 'time to open them in', '2s'))
    .addOption(durationOption('--for <duration>', 'time to hold them after the ramp, up to 1h', '10s'))
    .addOption(durationOption('--timeout <duration>', 'the most that opening one takes', '10s'))
    .option('--sent-at <field>', 'field of the JSON data with the time of sending, in ms since 1970: measures delivery')
    .option('--json', 'the numbers as JSON')
    .action(async (url: URL, values: LoadValues) => (await import('./load.js')).load(url, values))
}
