export { Connections, endSoon, Refusals } from './connections.js';
export { Delivery, type DeliveryOptions, type Parcel } from './delivery.js';
export { type Body, Intake, type IntakeOptions } from './intake.js';
export { explainListenError, type ListenOptions } from './listen-error.js';
export { type MetricsRegistry, serveMetrics } from './metrics-endpoint.js';
export { checkTlsFiles, type TlsFiles } from './tls-files.js';
export { type Line, type LineOptions, type Turn, Turns, type TurnsOptions } from './turns.js';
