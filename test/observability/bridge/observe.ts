export { observe, type ObserveOptions, SECURITY_KINDS } from 'breakwater/metrics';
