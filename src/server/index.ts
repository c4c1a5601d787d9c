/**
 * One stream for one reader (`eventStream`), and one for any number of them (`createChannel`), on Node and for web requests.
 *
 * @module
 */
export { eventStream } from './event-stream.js'
export type { EventStreamOptions } from './event-stream-options.js'
export { acceptsEventStream } from './accepts-event-stream.js'
export type { EventRequest } from './event-request.js'
export type { NodeRequest, NodeResponse } from './node-types.js'
export { createChannel } from './channel/create-channel.js'
export type { Channel, ChannelEvents, PublishOptions } from './channel/create-channel.js'
export type { ChannelMessageOf, ChannelOptions, SnapshotMessage } from './channel/channel-options.js'
export type { ChannelMetrics, RefusalReason, SlowPolicy } from './channel/hub-options.js'
export type { ChannelMessage } from './channel/message.js'
export type { ChannelCloseReason } from './channel/phase.js'
export type { ChannelReader } from './channel/reader.js'
export type { CorsOptions } from './cors.js'
export { ChannelClosedError } from './channel/channel-closed-error.js'
export type { GapReason, HistoryLimits, Page, Subscriber, Transport } from './channel/transport.js'
export { createEntry } from './channel/entry.js'
export type { Entry, TransportMessage } from './channel/entry.js'
export type { CloseReason, Session, Source } from './session.js'
export type { StreamMessage } from './stream-message.js'
export { EncodeError } from '../errors/encode-error.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
