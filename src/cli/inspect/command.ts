import type { Command } from 'commander'
import { address, duration, port } from '../arguments.js'
import { addRequestOptions, requestOptionsOf } from '../request-options.js'
import { onInterrupt } from '../terminal/interrupt.js'
import { note, write } from '../terminal/write.js'
import { startInspector } from './start-inspector.js'

const EXAMPLES = `
Examples:
  eventwire inspect
  eventwire inspect https://example.com/events
  eventwire inspect -H 'authorization: Bearer abc' -d '{"prompt":"Hi"}' https://example.com/v1/answers

The page shows the wire beside the events, what each reader does after a cut, and what it resumes from.
Without an address it has a server of its own to play with. It listens on the loopback alone, and takes requests only
with the secret in its address. Exit code: 0 at Ctrl-C; 2 where the port is taken.`

interface InspectValues {
  request?: string
  header?: Record<string, string>
  data?: string
  port: number
  for?: number
}

export function addInspect(program: Command): Command {
  const command = program
    .command('inspect')
    .summary('a page that shows a live stream, and what breaks it')
    .description('Serves a page on the loopback that shows a stream as it happens, and lets you break it.')
    .argument('[url]', 'stream to inspect; left out, a server of numbered ticks', address)
  return addRequestOptions(command)
    .option('-p, --port <port>', 'port of the page; 0 for any that is free', port, 0)
    .option('--for <duration>', 'end after this long', duration)
    .addHelpText('after', EXAMPLES)
    .action(inspect)
}

async function inspect(url: URL | undefined, values: InspectValues): Promise<void> {
  const inspector = await startInspector({
    port: values.port,
    ...(url && { target: { url, ...requestOptionsOf(values) } }),
  })
  await write(`${inspector.url}\n`)
  note('Open this address in a browser. Ctrl-C ends.')
  let timer: ReturnType<typeof setTimeout> | undefined
  await new Promise<void>((resolve) => {
    const stop = onInterrupt(resolve)
    if (values.for !== undefined) timer = setTimeout(() => (stop(), resolve()), values.for)
  })
  clearTimeout(timer)
  await inspector.close()
}
