export { canRunLaboratory } from './feasibility';
export { type Laboratory, type LaboratoryHost, startLaboratory } from './laboratory';
export { collectorArguments } from './collector-setup';
