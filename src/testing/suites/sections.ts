type SectionName =
  | 'interface'
  | 'processing'
  | 'lastEventId'
  | 'parsing'
  | 'interpretation'
  | 'authoring'
  | 'mimeType'
  | 'caching'
  | 'incomplete'
  | 'redirects'
  | 'serverErrors'

const HTML = 'https://html.spec.whatwg.org/multipage/server-sent-events.html'

/** Where the rules stand. */
export const SECTION: Readonly<Record<SectionName, string>> = {
  interface: `${HTML}#the-eventsource-interface`,
  processing: `${HTML}#sse-processing-model`,
  lastEventId: `${HTML}#the-last-event-id-header`,
  parsing: `${HTML}#parsing-an-event-stream`,
  interpretation: `${HTML}#event-stream-interpretation`,
  authoring: `${HTML}#authoring-notes`,
  mimeType: 'https://html.spec.whatwg.org/multipage/iana.html#text/event-stream',
  caching: 'https://www.rfc-editor.org/rfc/rfc9111.html#section-5.2.2',
  incomplete: 'https://www.rfc-editor.org/rfc/rfc9112.html#section-8',
  redirects: 'https://fetch.spec.whatwg.org/#http-redirect-fetch',
  serverErrors: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.6',
}
