export type ReportFormat = 'table' | 'tap' | 'json' | 'junit'
export const REPORT_FORMATS: readonly ReportFormat[] = ['table', 'tap', 'json', 'junit']
