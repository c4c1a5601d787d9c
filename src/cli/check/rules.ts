/** What an audit looks for: what the rule says, where it stands, and what mends it. */
export interface Rule {
  readonly title: string
  readonly link: string
  readonly remedy: string
}

const HTML = 'https://html.spec.whatwg.org/multipage/server-sent-events.html'
const HTTP = 'https://www.rfc-editor.org/rfc/rfc9110.html'
const FETCH = 'https://fetch.spec.whatwg.org/'
const NGINX = 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html'

export const RULES = {
  status: {
    title: 'A stream is answered with status 200',
    link: `${HTML}#sse-processing-model`,
    remedy: 'Answer 200, or 204 to make readers stop: response.writeHead(200, { "content-type": "text/event-stream" })',
  },
  refusal: {
    title: 'A refusal that will pass lets EventSources come back',
    link: `${HTML}#sse-processing-model`,
    remedy:
      'An EventSource gives up for good at any status but 200. Answer 200 with "retry: 10000" and end: createChannel({ refusal: "reconnect" })',
  },
  'content-type': {
    title: 'The content type is text/event-stream',
    link: `${HTML}#sse-processing-model`,
    remedy: 'Send the header "content-type: text/event-stream"',
  },
  'cache-control': {
    title: 'No cache may keep or answer with the stream',
    link: `${HTTP.replace('9110', '9111')}#name-cache-control`,
    remedy: 'Send the header "cache-control: no-cache, no-transform"',
  },
  opening: {
    title: 'The stream opens before its first event',
    link: `${HTML}#authoring-notes`,
    remedy: 'Send the head at once: response.flushHeaders(), then a comment: response.write(":\\n\\n")',
  },
  buffering: {
    title: 'Nothing on the way holds events back',
    link: `${NGINX}#proxy_buffering`,
    remedy:
      'nginx: "proxy_buffering off;" and no "proxy_ignore_headers X-Accel-Buffering;". Server: "x-accel-buffering: no"',
  },
  heartbeat: {
    title: 'A silent stream is kept alive by comments',
    link: `${HTML}#authoring-notes`,
    remedy:
      'Write a comment every 15 s: setInterval(() => response.write(":\\n\\n"), 15000); or eventStream(..., { heartbeat: 15000 })',
  },
  ids: {
    title: 'Events have ids, each its own',
    link: `${HTML}#concept-event-stream-last-event-id`,
    remedy: 'Give each event an "id:" line of its own, or publish through createChannel(), which does',
  },
  resume: {
    title: 'A reader that comes back gets what it missed',
    link: `${HTML}#the-last-event-id-header`,
    remedy: 'Read the header Last-Event-ID and send the events after it first; createChannel() does, from its history',
  },
  repeats: {
    title: 'A reader that comes back gets nothing twice',
    link: `${HTML}#the-last-event-id-header`,
    remedy: 'Start after the event that Last-Event-ID names (id > last, not >=), and register and replay as one step',
  },
  gap: {
    title: 'A reader whose place is gone is told',
    link: `${HTML}#the-last-event-id-header`,
    remedy:
      'Where Last-Event-ID is not in the history, first send an event that says so, such as "event: reset"; createChannel() does',
  },
  truncation: {
    title: 'A cut stream can be told from one that ended',
    link: 'https://www.rfc-editor.org/rfc/rfc9112.html#name-message-body-length',
    remedy:
      'End each event with a blank line and answer HTTP/1.1 with chunks: nginx "proxy_http_version 1.1;"; no content-length',
  },
  format: {
    title: 'Every line means something to readers',
    link: `${HTML}#event-stream-interpretation`,
    remedy:
      'Write with encode() of eventwire/encoder: each line of data needs a "data:" of its own, keep-alives are comments (":")',
  },
  utf8: {
    title: 'The stream is UTF-8',
    link: `${HTML}#parsing-an-event-stream`,
    remedy: 'Write UTF-8, whatever the charset parameter says: readers know no other encoding',
  },
  cors: {
    title: 'Pages of other origins may read the stream',
    link: `${FETCH}#http-cors-protocol`,
    remedy:
      'Send "access-control-allow-origin" on every answer, refusals too: createChannel({ cors: { origin: "https://app.example" } })',
  },
  'cors-resume': {
    title: 'Pages of other origins may resume',
    link: `${FETCH}#cors-preflight-fetch`,
    remedy:
      'Answer OPTIONS with 204 and "access-control-allow-headers: last-event-id"; or let readers resume by a query parameter',
  },
  methods: {
    title: 'Only a method that asks for a stream opens one',
    link: `${HTTP}#name-method-definitions`,
    remedy:
      'End the answer to HEAD and OPTIONS: if (request.method === "HEAD") return response.end(); createChannel() and eventStream() do',
  },
  compression: {
    title: 'Compression does not hold events back',
    link: `${HTTP}#name-content-encoding`,
    remedy:
      'Flush after each event (response.flush()), or leave event streams uncompressed: "cache-control: no-transform"',
  },
  injection: {
    title: 'Text of users stays data',
    link: `${HTML}#event-stream-interpretation`,
    remedy:
      'Write with encode() of eventwire/encoder, which splits data at CR and LF, and refuses them in event types and ids',
  },
} as const satisfies Record<string, Rule>

export type RuleId = keyof typeof RULES
export type Verdict = 'pass' | 'warning' | 'error' | 'skip'

/** What came of one rule. `sent` and `seen` are for people: one line each. */
export interface Finding {
  readonly rule: RuleId
  readonly verdict: Verdict
  readonly sent: string
  readonly seen: string
}

export const finding = (
  rule: RuleId,
  verdict: Verdict,
  { sent = '', seen }: { sent?: string; seen: string },
): Finding => ({
  rule,
  verdict,
  sent,
  seen,
})
