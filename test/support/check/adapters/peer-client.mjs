import { EventSource } from 'eventsource'
import { clientOf } from './event-source.mjs'

export default clientOf(EventSource)
