import { Option, type Command } from 'commander'
import { address, count, durationOption } from '../arguments.js'
import { addRequestOptions } from '../request-options.js'
import { addSubcommand } from '../subcommand.js'
import type { CheckValues } from './check.js'
import { REPORT_FORMATS } from './report-format.js'

const HELP = `
Examples:
  eventwire check https://example.com/events
  eventwire check https://example.com/events --watch 70s --direct http://10.0.0.5:3000/events
  eventwire check http://localhost:3000/events --origin https://app.example --format junit > report.xml
  eventwire check http://localhost:3000/events --echo 'http://localhost:3000/say?text={}'
  eventwire check --parser ./my-parser.mjs --format tap

The audit opens some connections, reads what the server sends, and comes back as a reader that lost its connection would.
It changes nothing, but for what --data and --echo ask for.
Exit code: 0 without errors (warnings are none), 1 with, or where no server answers; 130 at Ctrl-C.`

export function addCheck(program: Command): Command {
  const command = addSubcommand(program, {
    name: 'check',
    summary: 'audit a live server, or run the suites on a parser or a client',
    description: 'Audits the event stream at an address: what was sent and seen, the rule, and what mends it.',
    help: HELP,
  }).argument('[url]', 'where the stream is', address)
  return addRequestOptions(command)
    .option('--parser <file>', 'run the parser suite on the default export of this module')
    .option('--client <file>', 'run the client suite on the default export of this module')
    .addOption(new Option('-f, --format <format>', 'report').choices(REPORT_FORMATS).default('table'))
    .option('--json', 'the same as --format json')
    .addOption(durationOption('--timeout <duration>', 'the most that each wait takes', '5s'))
    .addOption(durationOption('--watch <duration>', 'how long to watch for silences and buffers', '5s'))
    .addOption(durationOption('--idle-limit <duration>', 'after how long without a byte proxies hang up', '60s'))
    .option('--direct <url>', "the server's own address, to compare with what stands before it", address)
    .option('--origin <origin>', 'the origin of a page that must be able to read')
    .option('--old-id <id>', 'an id that the server gave long ago, and whose event it no longer has')
    .option('--echo <url>', 'a route that sends the text in place of {} to the stream')
    .option('--readers <n>', 'readers to open at once', count(1, 1000), 8)
    .action(async (url: URL | undefined, values: CheckValues) => (await import('./check.js')).check(url, values))
}
