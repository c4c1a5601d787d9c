import { Option, type Command } from 'commander'
import { count, duration, durationOption, port } from '../arguments.js'
import { addSubcommand } from '../subcommand.js'
import { FORMATS } from './guess-format.js'
import type { ServeValues } from './serve.js'

const HELP = `
Examples:
  eventwire serve recorded.sse --interval 200ms
  tail -f app.ndjson | eventwire serve - --port 8080 --cors '*'
  eventwire serve                              a tick each second, to try a client on
  eventwire serve --cut-after 5                a server that loses each connection inside an event

A file is served whole to each reader: from its start, or after the reader's last event ID.
Events keep their ids; those without one get their number. A reader whose place is gone is told by an event "reset".
Exit code: 0 at Ctrl-C; 2 where a file or the port cannot be used.`

export function addServe(program: Command): Command {
  return addSubcommand(program, {
    name: 'serve',
    summary: 'serve a file, NDJSON or standard input as an event stream',
    description: 'Serves an event stream from a file, from NDJSON or from standard input, with history and faults.',
    help: HELP,
  })
    .argument('[file]', 'what to serve; - for standard input; left out, a tick each second')
    .option('-p, --port <port>', 'port; 0 for any that is free', port, 3000)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .addOption(new Option('-f, --format <format>', 'default: told by the name or the first line').choices(FORMATS))
    .option('--interval <duration>', 'time between two events of a reader', duration)
    .option('--history <n>', 'events that are kept for readers that come back', count(0, 10_000_000))
    .option('--live', 'a reader without an id gets only what comes from then on')
    .option('--end', 'end with the input: readers that have it all get 204 and stop')
    .addOption(durationOption('--retry <duration>', 'reconnection time that readers are told', '2s'))
    .addOption(durationOption('--heartbeat <duration>', 'time between two comments, 0s for none', '15s'))
    .option('--cors <origin>', 'let pages of this origin read; * for all')
    .option('--cut-after <n>', 'fault: lose each connection inside the event after this many', count(0, 1_000_000_000))
    .option('--stall-after <n>', 'fault: send nothing more after this many events', count(0, 1_000_000_000))
    .option('--fail-first <n>', 'fault: refuse this many requests with 503', count(1, 1_000_000_000))
    .option('--delay <duration>', 'fault: hold back the head of each answer', duration)
    .option('--no-resume', 'fault: take no notice of Last-Event-ID')
    .option('-q, --quiet', 'say nothing about requests')
    .action(async (file: string | undefined, values: ServeValues) => (await import('./serve.js')).serve(file, values))
}
