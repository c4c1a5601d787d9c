/** The options of `tail`, as they were given. */
export interface TailValues {
  request?: string
  header?: Record<string, string>
  data?: string
  lastEventId?: string
  resume: string
  json?: boolean
  raw?: boolean
  event?: string[]
  count?: number
  for?: number
  until?: string
  reconnect: string
  idleTimeout?: number
  wait?: boolean
  comments?: boolean
  quiet?: boolean
}
