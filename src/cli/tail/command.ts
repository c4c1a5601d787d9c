import type { Command } from 'commander'
import { address, count, duration } from '../arguments.js'
import { addRequestOptions } from '../request-options.js'
import { addSubcommand } from '../subcommand.js'
import type { TailValues } from './tail-values.js'

const HELP = `
Examples:
  eventwire tail https://example.com/events
  eventwire tail -H 'authorization: Bearer abc' --json https://example.com/events | jq .data
  eventwire tail -d '{"prompt":"Hi"}' --until '[DONE]' https://example.com/v1/answers
  eventwire tail --last-event-id 42 -n 10 https://example.com/events

Events go to stdout, what happens to the connection to stderr.
Exit code: 0 at the end of the stream, after -n or --for, or at Ctrl-C; 1 where the stream failed.`

export function addTail(program: Command): Command {
  const command = addSubcommand(program, {
    name: 'tail',
    summary: 'print the events of a stream, and resume it when it breaks',
    description: 'Prints the events of a stream as they come, and goes on where it was after a break.',
    help: HELP,
  }).argument('<url>', 'where the stream is', address)
  return addRequestOptions(command)
    .option('--last-event-id <id>', 'start after this event')
    .option('--resume <how>', 'how to say where to go on: header, none, or query:NAME for a parameter', 'header')
    .option('--json', 'a line of JSON for each event: {"event","data","id"}')
    .option('--raw', 'the stream as it came, byte for byte, without reconnecting')
    .option('-e, --event <types...>', 'only events of these types')
    .option('-n, --count <n>', 'end after this many events', count(1, Number.MAX_SAFE_INTEGER))
    .option('--for <duration>', 'end after this long', duration)
    .option('--until <text>', 'the data of the last event, such as [DONE]')
    .option('--reconnect <mode>', 'auto, always, on-drop or never', 'auto')
    .option('--idle-timeout <duration>', 'reconnect when not a byte comes for this long', duration)
    .option('--wait', 'keep trying where the server is not there yet')
    .option('--comments', 'print comments too, on stderr')
    .option('-q, --quiet', 'say nothing about the connection')
    .action(async (url: URL, values: TailValues) => (await import('./tail.js')).tail(url, values))
}
