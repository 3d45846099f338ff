export * from './analysis';
export * from './frames';
export * from './ids';
export * from './labels';
export * from './line-codec';
export * from './packet-columns';
export * from './records';
export * from './seq';
