import { requestOptionsOf } from '../request-options.js'
import { onInterrupt } from '../terminal/interrupt.js'
import { note, write } from '../terminal/write.js'
import { startInspector } from './start-inspector.js'

export interface InspectValues {
  request?: string
  header?: Record<string, string>
  data?: string
  port: number
  for?: number
}

/** Serves the page until Ctrl-C. */
export async function inspect(url: URL | undefined, values: InspectValues): Promise<void> {
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
