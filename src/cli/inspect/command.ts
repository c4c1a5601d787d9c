import type { Command } from 'commander'
import { address, duration, port } from '../arguments.js'
import { addRequestOptions } from '../request-options.js'
import { addSubcommand } from '../subcommand.js'
import type { InspectValues } from './inspect.js'

const HELP = `
Examples:
  eventwire inspect
  eventwire inspect https://example.com/events
  eventwire inspect -H 'authorization: Bearer abc' -d '{"prompt":"Hi"}' https://example.com/v1/answers

The page shows the wire beside the events, what each reader does after a cut, and what it resumes from.
Without an address it has a server of its own to play with. It listens on the loopback alone, and takes requests only
with the secret in its address. Exit code: 0 at Ctrl-C; 2 where the port is taken.`

export function addInspect(program: Command): Command {
  const command = addSubcommand(program, {
    name: 'inspect',
    summary: 'a page that shows a live stream, and what breaks it',
    description: 'Serves a page on the loopback that shows a stream as it happens, and lets you break it.',
    help: HELP,
  }).argument('[url]', 'stream to inspect; left out, a server of numbered ticks', address)
  return addRequestOptions(command)
    .option('-p, --port <port>', 'port of the page; 0 for any that is free', port, 0)
    .option('--for <duration>', 'end after this long', duration)
    .action(async (url: URL | undefined, values: InspectValues) => (await import('./inspect.js')).inspect(url, values))
}
