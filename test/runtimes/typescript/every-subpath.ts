// Each subpath is found, with types: `never` and `any` would both be taken for what is asked here.
import * as main from 'eventwire'
import * as client from 'eventwire/client'
import * as encoder from 'eventwire/encoder'
import * as eventsource from 'eventwire/eventsource'
import * as parser from 'eventwire/parser'
import 'eventwire/polyfill'
import * as redis from 'eventwire/redis'
import * as runs from 'eventwire/runs'
import * as server from 'eventwire/server'
import * as sqlite from 'eventwire/sqlite'
import * as streams from 'eventwire/streams'
import * as testing from 'eventwire/testing'
import * as scripted from 'eventwire/testing/server'

type IsAny<T> = 0 extends 1 & T ? true : false
const typed = <T>(_value: T, _isAny: IsAny<T>): void => {}

typed(main.encode, false)
typed(client.connect, false)
typed(encoder.encodeComment, false)
typed(eventsource.EventSource, false)
typed(parser.parse, false)
typed(redis.redisStreams, false)
typed(runs.createRuns, false)
typed(server.createChannel, false)
typed(sqlite.sqliteHistory, false)
typed(streams.events, false)
typed(testing.parserSuite, false)
typed(scripted.createScriptedServer, false)
